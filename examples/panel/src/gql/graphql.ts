/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What a service of the panel may do with its API key, for all of the panel's users. */
export type ApiKeyScope =
  /** Claim and release servers, consume and give back; read `usage`. */
  | 'CLAIMS'
  /** Read `desiredState`, `usage` and `currentPlan`; listen to `limitsChanged` and `orderUpdated`. */
  | 'READ'
  /** Tell of users, organisations and memberships. */
  | 'SYNC';

/** Which plan to give to whom. With `orderId`, approves that pending order; without, creates an active one. */
export type ApplyPlanInput = {
  /** Charge this instead of the plan's price, in minor units of its currency: 0 for a gift. Needed for a custom price. Not with `orderId`. */
  amount?: number | null | undefined;
  /** When the plan ends by itself; never unless given. */
  expiresAt?: string | null | undefined;
  /** Makes a repetition of this very request safe: the same key gives the same answer. */
  idempotencyKey?: string | null | undefined;
  /** Why, for administrators only; at most 2,000 characters. */
  notes?: string | null | undefined;
  /** A pending order of that user for that plan. */
  orderId?: string | number | null | undefined;
  /** Give it to an organisation of which the user is owner or admin; an order to approve names it by itself. */
  organisationId?: string | number | null | undefined;
  /** The plan. Hidden ones can be given, archived ones only by approving an order. */
  planId: string | number;
  /** The user who gets the plan, or who buys it for the organisation. */
  userId: string | number;
};

/** Whose plan ends. */
export type CancelPlanInput = {
  /** Why, for the audit log; at most 2,000 characters. */
  notes?: string | null | undefined;
  /** End the plan of an organisation of which the user is owner or admin. */
  organisationId?: string | number | null | undefined;
  /** The user. */
  userId: string | number;
};

/** A server to reserve, or to resize. What is left out is 0. */
export type ClaimServerInput = {
  /** Backups. */
  backups?: number | null | undefined;
  /** CPU in percent of a core; 100 is one core. */
  cpu: number;
  /** Databases. */
  databases?: number | null | undefined;
  /** Disk in MB. */
  disk: number;
  /** The panel's own name of the server, on one line, at most 255 characters. The same again is the same server. */
  externalId: string;
  /** Memory in MB. */
  memory: number;
  /** Counts it against the organisation's plan; the user is one of its members. */
  organisationId?: string | number | null | undefined;
  /** Network ports. */
  ports?: number | null | undefined;
  /** The user whose server it is, or who has it for the organisation. */
  userId: string | number;
};

/** A new API key. */
export type CreateApiKeyInput = {
  /** What it is for, at most 100 characters: "panel backend". */
  name: string;
  /** What may be done with it; as little as will do. */
  scopes: Array<ApiKeyScope>;
};

/** A new endpoint. In production only public https addresses, and hosts of EVENT_PRIVATE_HOSTS. */
export type CreateEventEndpointInput = {
  /** What it is for, at most 500 characters. */
  description?: string | null | undefined;
  /** What it is told of: `order.placed`, `order.expired`, `plan.applied`, `plan.cancelled`, `plan.expired`, `subscription.updated`, `payment.received`, `invoice.issued`, `refund.issued`, `limits.changed`. All unless given. */
  types?: Array<string> | null | undefined;
  /** Its address. */
  url: string;
};

/** What plans limit. */
export type LimitedResource =
  /** Backups of each server; in use is what the server with most has. */
  | 'BACKUPS_PER_SERVER'
  /** CPU in percent of a core, over all servers; 100 is one core. */
  | 'CPU_PERCENT'
  /** Databases of each server; in use is what the server with most has. */
  | 'DATABASES_PER_SERVER'
  /** Disk in MB, over all servers. */
  | 'DISK_MB'
  /** E-mails of a day in UTC, counted by `consume`; at midnight it begins anew. */
  | 'EMAILS_PER_DAY'
  /** Memory in MB, over all servers. */
  | 'MEMORY_MB'
  /** Number of nodes, counted by `consume` until they are given back. */
  | 'NODES'
  /** Network ports of each server; in use is what the server with most has. */
  | 'PORTS_PER_SERVER'
  /** Number of servers, claimed by `claimServer`. */
  | 'SERVERS'
  /** Tunnel ports, counted by `consume` until they are given back. */
  | 'TUNNEL_PORTS';

/** The portal tier that a plan grants. */
export type PlanType =
  /** For pupils, students and schools; usually granted by an administrator. */
  | 'EDU'
  /** Agreed with sales, often at a custom price. */
  | 'ENTERPRISE'
  /** Costs nothing; one of them is the default that everybody falls back to. */
  | 'FREE'
  /** Bought by a user or an organisation. */
  | 'PAID';

/** What the panel knows of a user. */
export type UpsertUserInput = {
  /** E-mail address; what is known stays when it is left out. */
  email?: string | null | undefined;
  /** The panel's numeric id. */
  id: string | number;
  /** Name to show, at most 200 characters; what is known stays when it is left out. */
  name?: string | null | undefined;
};

export type CreateKeyMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateKeyMutation = { createApiKey: { key: string, apiKey: { id: string } } };

export type RevokeKeyMutationVariables = Exact<{
  id: string | number;
}>;


export type RevokeKeyMutation = { revokeApiKey: { id: string } };

export type CreateEndpointMutationVariables = Exact<{
  input: CreateEventEndpointInput;
}>;


export type CreateEndpointMutation = { createEventEndpoint: { secret: string, endpoint: { id: string } } };

export type DeleteEndpointMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteEndpointMutation = { deleteEventEndpoint: { id: string } };

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

export type DesiredStateQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type DesiredStateQuery = { desiredState: { nodes: Array<{ hasAccess: boolean, user: { id: string, name: string | null } | null, organisation: { id: string, name: string } | null, plan: { name: string } | null, limits: { serverLimit: number | null, memory: number | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

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
  revokeApiKey(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<RevokeKeyMutation, RevokeKeyMutationVariables>;
export const CreateEndpointDocument = new TypedDocumentString(`
    mutation CreateEndpoint($input: CreateEventEndpointInput!) {
  createEventEndpoint(input: $input) {
    secret
    endpoint {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<CreateEndpointMutation, CreateEndpointMutationVariables>;
export const DeleteEndpointDocument = new TypedDocumentString(`
    mutation DeleteEndpoint($id: ID!) {
  deleteEventEndpoint(id: $id) {
    id
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
  upsertUsers(users: $users) {
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
  releaseServer(externalId: $externalId) {
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
export const DesiredStateDocument = new TypedDocumentString(`
    query DesiredState($after: String) {
  desiredState(first: 100, after: $after) {
    nodes {
      user {
        id
        name
      }
      organisation {
        id
        name
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
    `) as unknown as TypedDocumentString<DesiredStateQuery, DesiredStateQueryVariables>;