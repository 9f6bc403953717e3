import { CUSTOMER, type Step } from './step'

export const panel: Step[] = [
  {
    operation: 'ClaimServer',
    title: 'Claim server',
    identity: 'administrator',
    text: 'A panel claims a server in the plan before it creates it. Change externalId and run it again until the plan is full: extensions.upgradeUrl leads to the next plan.',
    query: `mutation ClaimServer(
  $input: ClaimServerInput!
) {
  claimServer(input: $input) {
    claim { externalId createdAt }
    usage {
      resource
      used
      limit
      remaining
    }
  }
}`,
    variables: () => ({ input: { userId: CUSTOMER, externalId: 'server-1', memory: 256, disk: 1024, cpu: 50 } }),
  },
  {
    operation: 'Usage',
    title: 'Usage',
    identity: 'customer',
    text: 'The customer sees what is used and what remains.',
    query: `query Usage {
  usage {
    resource
    used
    limit
    remaining
    overLimit
  }
}`,
  },
  {
    operation: 'LimitsChanged',
    title: 'Limits changed',
    identity: 'customer',
    text: 'A GraphQL subscription. Run it and keep it running: every change of the plan appears here.',
    query: `subscription LimitsChanged {
  limitsChanged {
    plan { name }
    limits { memory serverLimit }
    hasAccess
  }
}`,
  },
]
