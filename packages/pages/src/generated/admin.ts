// Generated from schema.graphql by npm run docs.

import { defineOperation } from '../ui/operation'

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type AdminStartQueryVariables = Exact<{ [key: string]: never; }>;


export type AdminStartQuery = { me: { id: string, name: string | null, email: string | null } | null, users: { totalCount: number } };

export const AdminStart = /* @__PURE__ */ defineOperation<AdminStartQuery, AdminStartQueryVariables>("query AdminStart { me { id name email } users(first: 1) { totalCount } }")
