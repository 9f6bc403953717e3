/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  mutation CreateKey($input: CreateApiKeyInput!) {\n    createApiKey(input: $input) {\n      key\n      apiKey {\n        id\n      }\n    }\n  }\n": typeof types.CreateKeyDocument,
    "\n  mutation RevokeKey($id: ID!) {\n    revokeApiKey(input: { apiKeyId: $id }) {\n      apiKey {\n        id\n      }\n    }\n  }\n": typeof types.RevokeKeyDocument,
    "\n  mutation CreateEndpoint($input: CreateWebhookEndpointInput!) {\n    createWebhookEndpoint(input: $input) {\n      secret\n      endpoint {\n        id\n      }\n    }\n  }\n": typeof types.CreateEndpointDocument,
    "\n  mutation DeleteEndpoint($id: ID!) {\n    deleteWebhookEndpoint(input: { endpointId: $id }) {\n      endpoint {\n        id\n      }\n    }\n  }\n": typeof types.DeleteEndpointDocument,
    "\n  query Plans {\n    plans {\n      id\n      slug\n      name\n      serverLimit\n    }\n  }\n": typeof types.PlansDocument,
    "\n  mutation SyncUsers($users: [UpsertUserInput!]!) {\n    upsertUsers(input: { users: $users }) {\n      users {\n        id\n        name\n        portalTier\n      }\n    }\n  }\n": typeof types.SyncUsersDocument,
    "\n  mutation Claim($input: ClaimServerInput!) {\n    claimServer(input: $input) {\n      claim {\n        externalId\n      }\n      usage {\n        resource\n        used\n        limit\n      }\n    }\n  }\n": typeof types.ClaimDocument,
    "\n  mutation Release($externalId: String!) {\n    releaseServer(input: { externalId: $externalId }) {\n      released\n    }\n  }\n": typeof types.ReleaseDocument,
    "\n  mutation ApplyPlan($input: ApplyPlanInput!) {\n    applyPlan(input: $input) {\n      success\n    }\n  }\n": typeof types.ApplyPlanDocument,
    "\n  mutation CancelPlan($input: CancelPlanInput!) {\n    cancelPlan(input: $input) {\n      success\n    }\n  }\n": typeof types.CancelPlanDocument,
    "\n  query Entitlements($after: String) {\n    entitlements(first: 100, after: $after) {\n      nodes {\n        customer {\n          ... on User {\n            id\n          }\n          ... on Organisation {\n            id\n          }\n        }\n        plan {\n          name\n        }\n        limits {\n          serverLimit\n          memory\n        }\n        hasAccess\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": typeof types.EntitlementsDocument,
};
const documents: Documents = {
    "\n  mutation CreateKey($input: CreateApiKeyInput!) {\n    createApiKey(input: $input) {\n      key\n      apiKey {\n        id\n      }\n    }\n  }\n": types.CreateKeyDocument,
    "\n  mutation RevokeKey($id: ID!) {\n    revokeApiKey(input: { apiKeyId: $id }) {\n      apiKey {\n        id\n      }\n    }\n  }\n": types.RevokeKeyDocument,
    "\n  mutation CreateEndpoint($input: CreateWebhookEndpointInput!) {\n    createWebhookEndpoint(input: $input) {\n      secret\n      endpoint {\n        id\n      }\n    }\n  }\n": types.CreateEndpointDocument,
    "\n  mutation DeleteEndpoint($id: ID!) {\n    deleteWebhookEndpoint(input: { endpointId: $id }) {\n      endpoint {\n        id\n      }\n    }\n  }\n": types.DeleteEndpointDocument,
    "\n  query Plans {\n    plans {\n      id\n      slug\n      name\n      serverLimit\n    }\n  }\n": types.PlansDocument,
    "\n  mutation SyncUsers($users: [UpsertUserInput!]!) {\n    upsertUsers(input: { users: $users }) {\n      users {\n        id\n        name\n        portalTier\n      }\n    }\n  }\n": types.SyncUsersDocument,
    "\n  mutation Claim($input: ClaimServerInput!) {\n    claimServer(input: $input) {\n      claim {\n        externalId\n      }\n      usage {\n        resource\n        used\n        limit\n      }\n    }\n  }\n": types.ClaimDocument,
    "\n  mutation Release($externalId: String!) {\n    releaseServer(input: { externalId: $externalId }) {\n      released\n    }\n  }\n": types.ReleaseDocument,
    "\n  mutation ApplyPlan($input: ApplyPlanInput!) {\n    applyPlan(input: $input) {\n      success\n    }\n  }\n": types.ApplyPlanDocument,
    "\n  mutation CancelPlan($input: CancelPlanInput!) {\n    cancelPlan(input: $input) {\n      success\n    }\n  }\n": types.CancelPlanDocument,
    "\n  query Entitlements($after: String) {\n    entitlements(first: 100, after: $after) {\n      nodes {\n        customer {\n          ... on User {\n            id\n          }\n          ... on Organisation {\n            id\n          }\n        }\n        plan {\n          name\n        }\n        limits {\n          serverLimit\n          memory\n        }\n        hasAccess\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": types.EntitlementsDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateKey($input: CreateApiKeyInput!) {\n    createApiKey(input: $input) {\n      key\n      apiKey {\n        id\n      }\n    }\n  }\n"): typeof import('./graphql.js').CreateKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevokeKey($id: ID!) {\n    revokeApiKey(input: { apiKeyId: $id }) {\n      apiKey {\n        id\n      }\n    }\n  }\n"): typeof import('./graphql.js').RevokeKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateEndpoint($input: CreateWebhookEndpointInput!) {\n    createWebhookEndpoint(input: $input) {\n      secret\n      endpoint {\n        id\n      }\n    }\n  }\n"): typeof import('./graphql.js').CreateEndpointDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteEndpoint($id: ID!) {\n    deleteWebhookEndpoint(input: { endpointId: $id }) {\n      endpoint {\n        id\n      }\n    }\n  }\n"): typeof import('./graphql.js').DeleteEndpointDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Plans {\n    plans {\n      id\n      slug\n      name\n      serverLimit\n    }\n  }\n"): typeof import('./graphql.js').PlansDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SyncUsers($users: [UpsertUserInput!]!) {\n    upsertUsers(input: { users: $users }) {\n      users {\n        id\n        name\n        portalTier\n      }\n    }\n  }\n"): typeof import('./graphql.js').SyncUsersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Claim($input: ClaimServerInput!) {\n    claimServer(input: $input) {\n      claim {\n        externalId\n      }\n      usage {\n        resource\n        used\n        limit\n      }\n    }\n  }\n"): typeof import('./graphql.js').ClaimDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Release($externalId: String!) {\n    releaseServer(input: { externalId: $externalId }) {\n      released\n    }\n  }\n"): typeof import('./graphql.js').ReleaseDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ApplyPlan($input: ApplyPlanInput!) {\n    applyPlan(input: $input) {\n      success\n    }\n  }\n"): typeof import('./graphql.js').ApplyPlanDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelPlan($input: CancelPlanInput!) {\n    cancelPlan(input: $input) {\n      success\n    }\n  }\n"): typeof import('./graphql.js').CancelPlanDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Entitlements($after: String) {\n    entitlements(first: 100, after: $after) {\n      nodes {\n        customer {\n          ... on User {\n            id\n          }\n          ... on Organisation {\n            id\n          }\n        }\n        plan {\n          name\n        }\n        limits {\n          serverLimit\n          memory\n        }\n        hasAccess\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"): typeof import('./graphql.js').EntitlementsDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
