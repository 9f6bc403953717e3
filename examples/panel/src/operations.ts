import { graphql } from './gql/index.js'

// All operations that the panel sends. `npm run docs` generates their types into gql/.

export const CREATE_KEY = graphql(`
  mutation CreateKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) {
      key
      apiKey {
        id
      }
    }
  }
`)

export const REVOKE_KEY = graphql(`
  mutation RevokeKey($id: ID!) {
    revokeApiKey(input: { apiKeyId: $id }) {
      apiKey {
        id
      }
    }
  }
`)

export const CREATE_ENDPOINT = graphql(`
  mutation CreateEndpoint($input: CreateWebhookEndpointInput!) {
    createWebhookEndpoint(input: $input) {
      secret
      endpoint {
        id
      }
    }
  }
`)

export const DELETE_ENDPOINT = graphql(`
  mutation DeleteEndpoint($id: ID!) {
    deleteWebhookEndpoint(input: { endpointId: $id }) {
      endpoint {
        id
      }
    }
  }
`)

export const PLANS = graphql(`
  query Plans {
    plans {
      id
      slug
      name
      serverLimit
    }
  }
`)

export const SYNC_USERS = graphql(`
  mutation SyncUsers($users: [UpsertUserInput!]!) {
    upsertUsers(input: { users: $users }) {
      users {
        id
        name
        portalTier
      }
    }
  }
`)

export const CLAIM = graphql(`
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
`)

export const RELEASE = graphql(`
  mutation Release($externalId: String!) {
    releaseServer(input: { externalId: $externalId }) {
      released
    }
  }
`)

export const APPLY_PLAN = graphql(`
  mutation ApplyPlan($input: ApplyPlanInput!) {
    applyPlan(input: $input) {
      success
    }
  }
`)

export const CANCEL_PLAN = graphql(`
  mutation CancelPlan($input: CancelPlanInput!) {
    cancelPlan(input: $input) {
      success
    }
  }
`)

export const ENTITLEMENTS = graphql(`
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
`)
