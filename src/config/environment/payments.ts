import { z } from 'zod'
import { isCurrency } from '../../core/money.js'
import {
  booleanVariable,
  httpUrl,
  isHttpUrl,
  isOrigin,
  MIN_SHARED_SECRET_LENGTH,
  optionalString,
  splitList,
  type Variables,
  wholeDays,
} from './schemas.js'

/**
 * Secrets separated by commas. Each part is checked, because a stray comma would add an empty key that
 * anybody can sign with.
 */
const secretList = z
  .string()
  .optional()
  .transform((list) => list?.split(',').map((part) => part.trim()) ?? [])
  .refine(
    (secrets) => secrets.every((part) => part.length >= MIN_SHARED_SECRET_LENGTH),
    `every secret must be at least ${MIN_SHARED_SECRET_LENGTH} characters long; replace short secrets and remove stray commas`,
  )

export const PAYMENT_VARIABLES = {
  BILLING_ENABLED: {
    schema: booleanVariable('true'),
    about: 'Whether billing is enabled. Applies until `setBillingEnabled` changes it at runtime.',
  },
  BILLING_CURRENCY: {
    schema: z.string().refine(isCurrency, 'must be an ISO 4217 code, for example USD').default('USD'),
    about: 'Currency of new plans.',
  },
  GRACE_DAYS: {
    schema: wholeDays(0, 90).default(7),
    about: 'Number of days for which a plan remains active after a failed payment. Then the customer gets the default plan.',
  },
  RENEWAL_INVOICE_DAYS: {
    schema: wholeDays(0, 27).default(7),
    about: 'Number of days before a period ends on which the invoice of the next one is issued, if the plan is collected by invoice.',
  },
  TERMINATE_AFTER_DAYS: {
    schema: wholeDays(1, 365).default(30),
    about: 'Number of days after the due date of an unpaid invoice after which its subscription ends.',
  },
  REMINDER_DAYS: {
    schema: z
      .string()
      .default('-3,1,7')
      .transform(splitList)
      .pipe(
        z
          .array(
            z.string().pipe(z.coerce.number<string>({ error: 'must be numbers of days' }).int('must be whole numbers').min(-27).max(365)),
          )
          .min(1, 'must name at least one day')
          .max(10, 'must name at most ten days'),
      ),
    about: 'Days from the due date on which an event reminds of an open invoice, separated by commas; negative numbers are days before it.',
  },
  PRICE_NOTICE_DAYS: {
    schema: wholeDays(0, 365).default(30),
    about: 'Number of days before a renewal at another price on which the event `price.changing` is sent.',
  },
  REFUND_FULL_DAYS: {
    schema: wholeDays(0, 3650).default(7),
    about: 'Until this whole day since the purchase, everything that was paid for the period is refunded.',
  },
  REFUND_PRORATED_DAYS: {
    schema: wholeDays(0, 3650).default(30),
    about: 'Until this whole day since the purchase, the unused share of the plan is refunded. Afterwards, only administrators can refund.',
  },
  PAYMENT_PROVIDER: {
    schema: z
      .string()
      .optional()
      .transform(splitList)
      .pipe(
        z
          .array(z.enum(['sandbox', 'lemonsqueezy', 'none'], { error: 'must be sandbox, lemonsqueezy or none' }))
          .min(1, 'must be sandbox, lemonsqueezy or none')
          .refine((names) => new Set(names).size === names.length, 'must not name a provider twice')
          .optional(),
      ),
    about:
      'The payment provider of new checkouts. `sandbox` is a built-in test checkout; under production rules it must be set ' +
      'explicitly. Providers after the first one, separated by commas, sell nothing new and keep their subscriptions.',
    unset: '`lemonsqueezy` with `LEMONSQUEEZY_API_KEY`, otherwise `sandbox` in demo mode and `none` under production rules',
  },
  LEMONSQUEEZY_API_KEY: {
    schema: optionalString,
    about: 'API key of Lemon Squeezy.',
  },
  LEMONSQUEEZY_STORE_ID: {
    schema: z.string().regex(/^\d+$/, 'must be a numeric store id, for example 12345').optional(),
    about: 'Numeric id of the Lemon Squeezy store.',
  },
  LEMONSQUEEZY_WEBHOOK_SECRET: {
    schema: secretList,
    about: `Signing secret of the webhook, at least ${MIN_SHARED_SECRET_LENGTH} characters. Two secrets, separated by a comma, during a rotation.`,
    unset: 'the sandbox has its own secret',
  },
  ESCLUSE_WEBHOOK_SECRET: {
    schema: secretList,
    about:
      `Signing secret of events sent to \`/webhooks/escluse\`, at least ${MIN_SHARED_SECRET_LENGTH} characters. ` +
      'Two secrets, separated by a comma, during a rotation.',
    unset: 'the route responds with 404',
  },
  LEMONSQUEEZY_API_URL: {
    schema: httpUrl.default('https://api.lemonsqueezy.com'),
    about: 'Base URL of the Lemon Squeezy API.',
  },
  CHECKOUT_ORIGINS: {
    schema: z
      .string()
      .optional()
      .transform(splitList)
      .refine(
        (origins) => origins?.every(isOrigin) ?? true,
        'must be a comma-separated list of origins, for example https://panel.example.com',
      ),
    about: 'Origins that are allowed in return URLs of a checkout, in addition to the origin of `PUBLIC_URL`.',
    unset: 'the origins of `CORS_ORIGINS` without `*`',
  },
  UPGRADE_URL: {
    schema: z
      .string()
      .refine(
        (url) => isHttpUrl(url.replaceAll('{plan}', 'pro')),
        'must be an http or https URL, for example https://panel.example.com/billing?upgrade={plan}',
      )
      .optional(),
    about: 'Upgrade link returned with `PLAN_LIMIT_EXCEEDED`. `{plan}` is replaced by the slug of the next higher plan.',
    unset: 'the explorer in demo mode, otherwise none',
  },
} satisfies Variables
