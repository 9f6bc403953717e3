import {
  RemoveTaxRate,
  SetBillingEnabled,
  SetLegalNotes,
  SetPaymentMethods,
  SetTaxRate,
  type SettingsPageQuery,
  type TaxRatesQuery,
} from '../../generated/admin'
import { type Action, defineAction } from '../blocks/action'
import { useChoices } from '../blocks/choices'
import type { Field } from '../blocks/field'
import { useTexts } from '../use-texts'

export type TaxRateRow = TaxRatesQuery['taxRates'][number]
export type MethodRow = SettingsPageQuery['paymentMethods'][number]
export type NoteRow = SettingsPageQuery['legalNotes'][number]

/** The settings that administrators change; the API decides whether it is allowed. */
export function useSettingsActions() {
  const { actions, explain, fields } = useTexts()
  const choices = useChoices()

  const setRate = (rate?: TaxRateRow): Action =>
    defineAction({
      label: rate ? actions.edit : actions.addRate,
      target: rate ? rate.country : actions.newRate,
      text: explain.setRate,
      confirm: actions.save,
      fields: [
        { name: 'country', label: fields.country, kind: 'text', isRequired: true, initial: rate?.country, description: fields.countryHelp },
        {
          name: 'customerType',
          label: fields.customerType,
          kind: 'choice',
          isRequired: true,
          initial: rate?.customerType ?? 'USER',
          options: choices('customerType'),
        },
        { name: 'percentage', label: fields.percentage, kind: 'text', isRequired: true, initial: rate?.percentage },
        { name: 'validFrom', label: fields.validFrom, kind: 'date', initial: rate?.validFrom, description: fields.todayByDefault },
        { name: 'region', label: fields.region, kind: 'text', initial: rate?.region },
        { name: 'name', label: fields.taxName, kind: 'text', initial: rate?.name },
        { name: 'exemption', label: fields.exemption, kind: 'text', initial: rate?.exemption, isWide: true },
      ],
      operation: SetTaxRate,
      variables: ({ country, customerType, ...values }) => ({ input: { ...values, country, customerType } }),
    })

  const removeRate = ({ country, region, customerType, name, validFrom, percentage }: TaxRateRow): Action =>
    defineAction({
      label: actions.remove,
      target: `${country} ${percentage} %`,
      text: explain.removeRate,
      isDangerous: true,
      operation: RemoveTaxRate,
      variables: () => ({ input: { country, region, customerType, name, validFrom } }),
    })

  const setBilling = (isEnabled: boolean): Action =>
    defineAction({
      label: isEnabled ? actions.disableBilling : actions.enableBilling,
      target: fields.billing,
      text: isEnabled ? explain.disableBilling : explain.enableBilling,
      isDangerous: isEnabled,
      operation: SetBillingEnabled,
      variables: () => ({ input: { enabled: !isEnabled } }),
    })

  const methodFields = (method?: MethodRow): Field[] => [
    { name: 'name', label: fields.name, kind: 'text', isRequired: true, initial: method?.name },
    { name: 'slug', label: fields.slug, kind: 'text', isRequired: true, initial: method?.slug },
    { name: 'iban', label: 'IBAN', kind: 'text', initial: method?.iban },
    { name: 'bic', label: 'BIC', kind: 'text', initial: method?.bic },
    {
      name: 'instructions',
      label: fields.instructions,
      kind: 'longText',
      initial: method?.instructions,
      description: fields.instructionsHelp,
    },
  ]
  /** @param methods  all of them, because the API replaces the whole list */
  const setMethod = (methods: readonly MethodRow[], method?: MethodRow): Action =>
    defineAction({
      label: method ? actions.edit : actions.addMethod,
      target: method?.name ?? actions.newMethod,
      confirm: actions.save,
      fields: methodFields(method),
      operation: SetPaymentMethods,
      variables: (values) => ({ input: { methods: replaceIn(methods, method, values as MethodRow) } }),
    })

  const removeMethod = (methods: readonly MethodRow[], method: MethodRow): Action =>
    defineAction({
      label: actions.remove,
      target: method.name,
      text: explain.removeMethod,
      isDangerous: true,
      operation: SetPaymentMethods,
      variables: () => ({ input: { methods: methods.filter((each) => each !== method) } }),
    })

  const setNote = (notes: readonly NoteRow[], note?: NoteRow): Action =>
    defineAction({
      label: note ? actions.edit : actions.addNote,
      target: note ? fields.note : actions.newNote,
      text: explain.setNote,
      confirm: actions.save,
      fields: [
        { name: 'text', label: fields.text, kind: 'longText', isRequired: true, initial: note?.text },
        { name: 'country', label: fields.country, kind: 'text', initial: note?.country, description: fields.countryHelp },
        { name: 'language', label: fields.language, kind: 'text', initial: note?.language },
        {
          name: 'subject',
          label: fields.subject,
          kind: 'choice',
          isRequired: true,
          initial: note?.subject ?? 'GENERAL',
          options: choices('noteSubject'),
        },
      ],
      operation: SetLegalNotes,
      variables: (values) => ({ input: { notes: replaceIn(notes, note, values as NoteRow) } }),
    })

  const removeNote = (notes: readonly NoteRow[], note: NoteRow): Action =>
    defineAction({
      label: actions.remove,
      target: note.text.slice(0, 40),
      isDangerous: true,
      operation: SetLegalNotes,
      variables: () => ({ input: { notes: notes.filter((each) => each !== note) } }),
    })

  return { setRate, removeRate, setBilling, setMethod, removeMethod, setNote, removeNote }
}

/** @param row  undefined to add one */
function replaceIn<T>(rows: readonly T[], row: T | undefined, changed: T): T[] {
  return row === undefined ? [...rows, changed] : rows.map((each) => (each === row ? changed : each))
}
