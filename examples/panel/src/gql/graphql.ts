/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Permission of an API key. It applies to the data of all customers. */
export type ApiKeyScope =
  /** Claim and release servers, record and release usage, and read `usage` and `serverClaims`. */
  | 'CLAIMS'
  /** Read `entitlements`, `usage` and `currentPlan`, and subscribe to `limitsChanged` and `orderUpdated`. */
  | 'READ'
  /** Create and update users, organisations and memberships. */
  | 'SYNC';

/** Plan and customer. With `orderId`, that pending order is approved. Without it, an active order is created. */
export type ApplyPlanInput = {
  /** Amount to charge instead of the plan's price, in minor units of the plan's currency; 0 is a gift. Required for a plan with a custom price. Not allowed together with `orderId`. */
  amount?: number | null | undefined;
  /** When the plan ends. Defaults to never. */
  expiresAt?: string | null | undefined;
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** Note that only administrators can read. At most 2,000 characters. */
  notes?: string | null | undefined;
  /** The pending order to approve, of this user and for this plan. */
  orderId?: string | number | null | undefined;
  /** Applies the plan to this organisation, where the user must be an owner or admin. Defaults to the organisation of the order. */
  organisationId?: string | number | null | undefined;
  /** The plan. Hidden plans can be granted. Archived plans can only be applied by approving an order. */
  planId: string | number;
  /** The user who gets the plan, or who orders it for the organisation. */
  userId: string | number;
};

/** The customer whose plan ends. */
export type CancelPlanInput = {
  /** Reason for the audit log. At most 2,000 characters. */
  notes?: string | null | undefined;
  /** Ends the plan of this organisation, where the user must be an owner or admin. */
  organisationId?: string | number | null | undefined;
  /** Id of the user. */
  userId: string | number;
};

/** A server to claim or to resize. Omitted values are 0. */
export type ClaimServerInput = {
  /** Number of backups. */
  backups?: number | null | undefined;
  /** CPU in percent of a core; 100 is one core. */
  cpu: number;
  /** Number of databases. */
  databases?: number | null | undefined;
  /** Disk in MB. */
  disk: number;
  /** Your id of the server: one line of at most 255 characters. Claiming the same id again updates that server. */
  externalId: string;
  /** Memory in MB. */
  memory: number;
  /** Counts against the organisation's limits. The user must be one of its members. */
  organisationId?: string | number | null | undefined;
  /** Number of network ports. */
  ports?: number | null | undefined;
  /** The owner of the server, or the member who runs it for the organisation. */
  userId: string | number;
};

/** A new API key. */
export type CreateApiKeyInput = {
  /** Idempotency key. Retrying with the same key returns the original result, without the key itself. */
  idempotencyKey?: string | null | undefined;
  /** Purpose of the key, at most 100 characters: "panel backend". */
  name: string;
  /** Permissions of the key. Grant only the scopes that the service needs. */
  scopes: Array<ApiKeyScope>;
};

/** A new endpoint. In production the URL must be a public https URL, or its host must be in WEBHOOK_PRIVATE_HOSTS. */
export type CreateWebhookEndpointInput = {
  /** Purpose of the endpoint, at most 500 characters. */
  description?: string | null | undefined;
  /** Format of the events; defaults to STANDARD. ESCLUSE has events for PLAN_APPLIED, SUBSCRIPTION_UPDATED, PLAN_CANCELLED, PLAN_EXPIRED and REFUND_ISSUED. */
  format?: WebhookFormat | null | undefined;
  /** Idempotency key. Retrying with the same key returns the original result. */
  idempotencyKey?: string | null | undefined;
  /** Types of events to subscribe to. Defaults to all that the format has. */
  types?: Array<EventType> | null | undefined;
  /** URL of the endpoint. */
  url: string;
};

/** Type of an event. The body of the event contains it in the form `order.placed`. */
export type EventType =
  /** Sent by `sendTestEvent`. Endpoints cannot subscribe to it. */
  | 'ENDPOINT_TEST'
  /** An invoice or a payment statement was issued. */
  | 'INVOICE_ISSUED'
  /** The entitlement of a customer has changed. */
  | 'LIMITS_CHANGED'
  /** A pending order has expired. */
  | 'ORDER_EXPIRED'
  /** A customer has placed an order. */
  | 'ORDER_PLACED'
  /** A payment was recorded. */
  | 'PAYMENT_RECEIVED'
  /** A customer has got a plan. */
  | 'PLAN_APPLIED'
  /** The plan of a customer was ended before its time. */
  | 'PLAN_CANCELLED'
  /** The plan of a customer has reached its end. */
  | 'PLAN_EXPIRED'
  /** A refund was recorded, and its credit note was issued. */
  | 'REFUND_ISSUED'
  /** The status, plan or period of a subscription has changed. */
  | 'SUBSCRIPTION_UPDATED';

/** A resource that plans limit. */
export type LimitedResource =
  /** Backups per server. Usage is the highest count of any server. */
  | 'BACKUPS_PER_SERVER'
  /** Total CPU of all servers in percent of a core; 100 is one core. Claimed by `claimServer`. */
  | 'CPU_PERCENT'
  /** Databases per server. Usage is the highest count of any server. */
  | 'DATABASES_PER_SERVER'
  /** Total disk space of all servers in MB. Claimed by `claimServer`. */
  | 'DISK_MB'
  /** E-mails per day. Recorded by `recordUsage`. The count resets at midnight UTC. */
  | 'EMAILS_PER_DAY'
  /** Total memory of all servers in MB. Claimed by `claimServer`. */
  | 'MEMORY_MB'
  /** Number of nodes. Recorded by `recordUsage` until released by `releaseUsage`. */
  | 'NODES'
  /** Network ports per server. Usage is the highest count of any server. */
  | 'PORTS_PER_SERVER'
  /** Number of servers. Claimed by `claimServer`. */
  | 'SERVERS'
  /** Number of tunnel ports. Recorded by `recordUsage` until released by `releaseUsage`. */
  | 'TUNNEL_PORTS';

/** The portal tier that a plan grants. */
export type PlanType =
  /** For pupils, students and schools; usually granted by an administrator. */
  | 'EDU'
  /** Agreed with sales, often at a custom price. */
  | 'ENTERPRISE'
  /** Costs nothing. One free plan is the default plan for customers without another plan. */
  | 'FREE'
  /** Bought by a user or an organisation. */
  | 'PAID';

/** A user of the panel. */
export type UpsertUserInput = {
  /** E-mail address; unchanged if omitted. */
  email?: string | null | undefined;
  /** Id in the panel, without a prefix. */
  id: string | number;
  /** Display name, at most 200 characters; unchanged if omitted. */
  name?: string | null | undefined;
};

/** Format in which an endpoint receives events. */
export type WebhookFormat =
  /** The format of Escluse: `{event, data}` with the events `subscription_created`, `subscription_updated`, `subscription_canceled` and `refund_processed`. `X-Signature` is the hex HMAC-SHA256 of the body with the secret. */
  | 'ESCLUSE'
  /** Standard Webhooks: `{type, timestamp, data}`, signed in `webhook-signature`. */
  | 'STANDARD';

export type CreateKeyMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateKeyMutation = { createApiKey: { key: string | null, apiKey: { id: string } } };

export type RevokeKeyMutationVariables = Exact<{
  id: string | number;
}>;


export type RevokeKeyMutation = { revokeApiKey: { apiKey: { id: string } } };

export type CreateEndpointMutationVariables = Exact<{
  input: CreateWebhookEndpointInput;
}>;


export type CreateEndpointMutation = { createWebhookEndpoint: { secret: string, endpoint: { id: string } } };

export type DeleteEndpointMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteEndpointMutation = { deleteWebhookEndpoint: { endpoint: { id: string } } };

export type PlansQueryVariables = Exact<{ [key: string]: never; }>;


export type PlansQuery = { plans: Array<{ id: string, slug: string, name: string, serverLimit: number | null }> };

export type SyncUsersMutationVariables = Exact<{
  users: Array<UpsertUserInput> | UpsertUserInput;
}>;


export type SyncUsersMutation = { upsertUsers: { users: Array<{ id: string, name: string | null, portalTier: PlanType }> } };

export type ClaimMutationVariables = Exact<{
  input: ClaimServerInput;
}>;


export type ClaimMutation = { claimServer: { claim: { externalId: string }, usage: Array<{ resource: LimitedResource, used: number, limit: number | null }> } };

export type ReleaseMutationVariables = Exact<{
  externalId: string;
}>;


export type ReleaseMutation = { releaseServer: { released: boolean } };

export type ApplyPlanMutationVariables = Exact<{
  input: ApplyPlanInput;
}>;


export type ApplyPlanMutation = { applyPlan: { success: boolean } };

export type CancelPlanMutationVariables = Exact<{
  input: CancelPlanInput;
}>;


export type CancelPlanMutation = { cancelPlan: { success: boolean } };

export type EntitlementsQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type EntitlementsQuery = { entitlements: { nodes: Array<{ hasAccess: boolean, customer:
        | { id: string }
        | { id: string }
      , plan: { name: string } | null, limits: { serverLimit: number | null, memory: number | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const CreateKeyDocument = new TypedDocumentString(`
    mutation CreateKey($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    key
    apiKey {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<CreateKeyMutation, CreateKeyMutationVariables>;
export const RevokeKeyDocument = new TypedDocumentString(`
    mutation RevokeKey($id: ID!) {
  revokeApiKey(input: {apiKeyId: $id}) {
    apiKey {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<RevokeKeyMutation, RevokeKeyMutationVariables>;
export const CreateEndpointDocument = new TypedDocumentString(`
    mutation CreateEndpoint($input: CreateWebhookEndpointInput!) {
  createWebhookEndpoint(input: $input) {
    secret
    endpoint {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<CreateEndpointMutation, CreateEndpointMutationVariables>;
export const DeleteEndpointDocument = new TypedDocumentString(`
    mutation DeleteEndpoint($id: ID!) {
  deleteWebhookEndpoint(input: {endpointId: $id}) {
    endpoint {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteEndpointMutation, DeleteEndpointMutationVariables>;
export const PlansDocument = new TypedDocumentString(`
    query Plans {
  plans {
    id
    slug
    name
    serverLimit
  }
}
    `) as unknown as TypedDocumentString<PlansQuery, PlansQueryVariables>;
export const SyncUsersDocument = new TypedDocumentString(`
    mutation SyncUsers($users: [UpsertUserInput!]!) {
  upsertUsers(input: {users: $users}) {
    users {
      id
      name
      portalTier
    }
  }
}
    `) as unknown as TypedDocumentString<SyncUsersMutation, SyncUsersMutationVariables>;
export const ClaimDocument = new TypedDocumentString(`
    mutation Claim($input: ClaimServerInput!) {
  claimServer(input: $input) {
    claim {
      externalId
    }
    usage {
      resource
      used
      limit
    }
  }
}
    `) as unknown as TypedDocumentString<ClaimMutation, ClaimMutationVariables>;
export const ReleaseDocument = new TypedDocumentString(`
    mutation Release($externalId: String!) {
  releaseServer(input: {externalId: $externalId}) {
    released
  }
}
    `) as unknown as TypedDocumentString<ReleaseMutation, ReleaseMutationVariables>;
export const ApplyPlanDocument = new TypedDocumentString(`
    mutation ApplyPlan($input: ApplyPlanInput!) {
  applyPlan(input: $input) {
    success
  }
}
    `) as unknown as TypedDocumentString<ApplyPlanMutation, ApplyPlanMutationVariables>;
export const CancelPlanDocument = new TypedDocumentString(`
    mutation CancelPlan($input: CancelPlanInput!) {
  cancelPlan(input: $input) {
    success
  }
}
    `) as unknown as TypedDocumentString<CancelPlanMutation, CancelPlanMutationVariables>;
export const EntitlementsDocument = new TypedDocumentString(`
    query Entitlements($after: String) {
  entitlements(first: 100, after: $after) {
    nodes {
      customer {
        ... on User {
          id
        }
        ... on Organisation {
          id
        }
      }
      plan {
        name
      }
      limits {
        serverLimit
        memory
      }
      hasAccess
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<EntitlementsQuery, EntitlementsQueryVariables>;