import { ArchivePlan, CreatePlan, MovePrices, type PlanFieldsFragment, ReapplyPlan, UpdatePlan } from '../../generated/admin'
import { navigate, useLocation } from '../../ui/router'
import { type Action, defineAction } from '../blocks/action'
import { useChoices } from '../blocks/choices'
import type { Field, ReadValues } from '../blocks/field'
import { useTexts } from '../use-texts'

/** The limits of a plan, as the API names them. */
export const LIMITS = [
  'serverLimit',
  'nodeLimit',
  'memory',
  'disk',
  'cpu',
  'databases',
  'backups',
  'portCount',
  'tunnelPortCount',
  'emailsPerDay',
] as const

/** What can be done with the catalog; the API decides whether it is allowed. */
export function usePlanActions() {
  const { actions, explain, fields, limits } = useTexts()
  const choices = useChoices()
  const { toPath } = useLocation()

  /** @param plan  undefined for a new one */
  const fieldsOf = (plan: PlanFieldsFragment | undefined, currency: string): Field[] => [
    { name: 'name', label: fields.name, kind: 'text', isRequired: true, initial: plan?.name },
    { name: 'type', label: fields.type, kind: 'choice', isRequired: true, initial: plan?.type ?? 'PAID', options: choices('planType') },
    { name: 'price', label: fields.price, kind: 'amount', currency, initial: plan?.price?.decimal, description: fields.priceHelp },
    ...(plan ? [] : newPlanFields(currency)),
    { name: 'rank', label: fields.rank, kind: 'number', initial: plan ? String(plan.rank) : '', description: fields.rankHelp },
    { name: 'description', label: fields.description, kind: 'longText', initial: plan?.description },
    ...LIMITS.map(
      (name): Field => ({
        name,
        label: limits[name],
        kind: 'number',
        initial: plan?.[name]?.toString(),
        description: fields.limitHelp,
      }),
    ),
    {
      name: 'features',
      label: fields.features,
      kind: 'json',
      initial: plan && Object.keys(plan.features).length > 0 ? JSON.stringify(plan.features) : '',
    },
    { name: 'hiddenFromBilling', label: fields.isHidden, kind: 'switch', initial: plan?.hiddenFromBilling },
    { name: 'isDefault', label: fields.isDefault, kind: 'switch', initial: plan?.isDefault },
  ]
  const newPlanFields = (currency: string): Field[] => [
    { name: 'currency', label: fields.currency, kind: 'text', isRequired: true, initial: currency },
    { name: 'interval', label: fields.interval, kind: 'choice', isRequired: true, initial: 'MONTH', options: choices('interval') },
    { name: 'slug', label: fields.slug, kind: 'text', description: fields.slugHelp },
  ]
  /** Fields that the API fills, but does not accept as null. */
  const withoutNulls = (values: ReadValues, names: readonly string[]) =>
    Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== null || !names.includes(name)))

  const create = (currency: string): Action =>
    defineAction({
      label: actions.createPlan,
      target: actions.newPlan,
      fields: fieldsOf(undefined, currency),
      operation: CreatePlan,
      variables: ({ price, currency: of, ...values }, idempotencyKey) => ({
        input: {
          ...(withoutNulls(values, ['features', 'rank', 'slug']) as { name: string; type: 'PAID' }),
          ...(price === null ? { price: null, currency: of } : { price: { minorUnits: price, currency: of } }),
          idempotencyKey,
        },
      }),
      onDone: ({ createPlan }) => navigate(toPath(`catalog/${createPlan.plan.id}`)),
    })

  const edit = (plan: PlanFieldsFragment): Action | false =>
    plan.archivedAt === null &&
    defineAction({
      label: actions.edit,
      target: plan.name,
      text: explain.editPlan,
      confirm: actions.save,
      fields: fieldsOf(plan, plan.currency),
      operation: UpdatePlan,
      variables: (values) => ({ input: { ...withoutNulls({ ...values, features: values.features ?? {} }, ['rank']), id: plan.id } }),
    })

  const archive = (plan: PlanFieldsFragment): Action | false =>
    plan.archivedAt === null &&
    !plan.isDefault &&
    defineAction({
      label: actions.archive,
      target: plan.name,
      text: explain.archive(plan.subscriberCount ?? 0),
      isDangerous: true,
      operation: ArchivePlan,
      variables: () => ({ input: { planId: plan.id } }),
    })

  const reapply = (plan: PlanFieldsFragment): Action =>
    defineAction({
      label: actions.reapply,
      target: plan.name,
      text: explain.reapply(plan.subscriberCount ?? 0),
      isDangerous: true,
      operation: ReapplyPlan,
      variables: () => ({ input: { planId: plan.id } }),
    })

  const movePrices = (plan: PlanFieldsFragment): Action | false =>
    plan.price != null &&
    plan.price.minorUnits > 0 &&
    defineAction({
      label: actions.movePrices,
      target: plan.name,
      text: explain.movePrices(plan.subscriberCount ?? 0),
      isDangerous: true,
      fields: [{ name: 'from', label: fields.validFrom, kind: 'day', description: fields.todayByDefault, isWide: true }],
      operation: MovePrices,
      variables: ({ from }) => ({ input: { planId: plan.id, from } }),
    })

  return { create, edit, archive, reapply, movePrices }
}
