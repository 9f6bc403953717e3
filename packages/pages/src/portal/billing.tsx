import { Alert, Button, Card, Group, NativeSelect, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Billing as BillingOperation, type BillingQuery, SaveBilling, type SaveBillingMutationVariables } from '../generated/portal'
import { ErrorNotice } from '../ui/error-notice'
import { useAction, useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { LANGUAGES, useCommonTexts, useInvoiceTexts, useLocale } from '../ui/locale'
import { listCountries } from './countries'
import { usePortal } from './customer'
import { Part } from './part'
import { useTexts } from './use-texts'

type Details = NonNullable<BillingQuery['billingDetails']>
type Input = SaveBillingMutationVariables['input']

const FORMATS = {
  FACTUR_X: 'Factur-X / ZUGFeRD',
  XRECHNUNG: 'XRechnung',
  PEPPOL: 'Peppol BIS Billing',
  FRANCE: 'Factur-X (France)',
} as const

export default function Billing() {
  const texts = useTexts()
  const { customer } = usePortal()
  const loaded = useLoaded(BillingOperation, { organisationId: customer.organisationId })
  return (
    <Part title={texts.billing} text={texts.billingText}>
      <LoadedContent loaded={loaded}>{({ billingDetails }) => <BillingForm details={billingDetails ?? null} />}</LoadedContent>
    </Part>
  )
}

/** Empty fields are sent as null, which removes what was stored. */
function emptyToNull(values: Record<string, string>): Record<string, string | null> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.trim() || null]))
}

function BillingForm({ details }: { details: Details | null }) {
  const texts = useTexts()
  const common = useCommonTexts()
  const invoiceTexts = useInvoiceTexts()
  const { tag } = useLocale()
  const { customer } = usePortal()
  const save = useAction(SaveBilling)
  const [isSaved, setSaved] = useState(false)
  const [values, setValues] = useState<Record<string, string>>(() => initialValues(details, customer.name))
  const field = (name: string) => ({
    value: values[name] ?? '',
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) => {
      const { value } = currentTarget
      setSaved(false)
      setValues((previous) => ({ ...previous, [name]: value }))
    },
  })
  const send = async () => {
    const input = { ...emptyToNull(values), name: values.name ?? '', organisationId: customer.organisationId } as Input
    setSaved((await save.run({ input })) !== undefined)
  }
  return (
    <Card withBorder padding="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <Stack gap="md">
          <TextInput label={texts.name} required autoComplete="organization" maxLength={200} {...field('name')} />
          <TextInput label={texts.address} autoComplete="street-address" maxLength={200} {...field('address')} />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput label={texts.zip} autoComplete="postal-code" maxLength={20} {...field('zip')} />
            <TextInput label={texts.city} autoComplete="address-level2" maxLength={100} {...field('city')} />
            <TextInput label={texts.state} autoComplete="address-level1" maxLength={100} {...field('state')} />
            <NativeSelect
              label={texts.country}
              autoComplete="country"
              data={[{ value: '', label: texts.noCountry }, ...listCountries(tag)]}
              {...field('country')}
            />
            <TextInput label={invoiceTexts.vatId} description={vatNote(details, texts.vatChecked)} maxLength={50} {...field('taxId')} />
            <TextInput label={invoiceTexts.registration} maxLength={50} {...field('registrationId')} />
            <TextInput label={invoiceTexts.yourReference} maxLength={100} {...field('reference')} />
            <TextInput label={invoiceTexts.purchaseOrder} maxLength={100} {...field('purchaseOrder')} />
            <TextInput
              label={texts.electronicAddress}
              description={texts.electronicAddressText}
              maxLength={100}
              {...field('electronicAddress')}
            />
            <NativeSelect
              label={texts.invoiceFormat}
              data={[{ value: '', label: texts.defaultFormat }, ...Object.entries(FORMATS).map(([value, label]) => ({ value, label }))]}
              {...field('invoiceFormat')}
            />
            <NativeSelect
              label={texts.invoiceLanguage}
              data={languageChoices(details?.locale ?? null, texts.noCountry)}
              {...field('locale')}
            />
          </SimpleGrid>
          <ErrorNotice error={save.error} />
          {isSaved && (
            <Alert color="teal" role="status">
              <Text size="sm">{common.saved}</Text>
            </Alert>
          )}
          <Group>
            <Button type="submit" loading={save.isRunning}>
              {common.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}

function initialValues(details: Details | null, name: string): Record<string, string> {
  if (!details) return { name }
  const { vatIdCheck, ...fields } = details
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value ?? '']))
}

/** A locale such as "de-AT" stays as it is until another language is chosen. */
function languageChoices(stored: string | null, none: string): { value: string; label: string }[] {
  const choices = [{ value: '', label: none }, ...Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))]
  if (!stored || stored in LANGUAGES) return choices
  return [...choices, { value: stored, label: new Intl.DisplayNames(stored, { type: 'language' }).of(stored) ?? stored }]
}

function vatNote(details: Details | null, notes: Record<'CONFIRMED' | 'OPEN', string>): string | undefined {
  if (!details?.taxId || !details.vatIdCheck) return undefined
  return details.vatIdCheck.status === 'VALID' ? notes.CONFIRMED : notes.OPEN
}
