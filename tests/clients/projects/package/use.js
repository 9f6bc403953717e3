import { createClient } from '@quittance/client'
import { typePolicies } from '@quittance/client/apollo'
import { PlansDocument } from '@quittance/client/operations'
import { keys } from '@quittance/client/urql'
import { verifyWebhook } from '@quittance/client/webhooks'

const fetch = async () => Response.json({ data: { plans: [{ name: 'Pro' }] } })
const { plans } = await createClient({ url: 'https://billing.example.com', fetch }).request(PlansDocument)
console.log(plans[0].name, typePolicies.Limits.merge, keys.Money(), typeof verifyWebhook)
