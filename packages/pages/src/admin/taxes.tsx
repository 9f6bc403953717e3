import { TaxRates } from '../generated/admin'
import { useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useLocale } from '../ui/locale'
import { type TaxRateRow, useSettingsActions } from './actions/settings-actions'
import { ActionButtons } from './blocks/action'
import { useActionColumn } from './blocks/action-column'
import { useChoices } from './blocks/choices'
import { CompleteTable } from './blocks/complete-table'
import { Page } from './blocks/page'
import { Section } from './blocks/section'
import { useTexts } from './use-texts'

const keyOf = ({ country, region, customerType, name, validFrom }: TaxRateRow) => [country, region, customerType, name, validFrom].join(' ')

/** The tax rates that apply to sales. */
export default function Taxes() {
  const actionColumn = useActionColumn<TaxRateRow>()
  const { nav, intro, empty, fields, enums } = useTexts()
  const { day, tag } = useLocale()
  const { setRate, removeRate } = useSettingsActions()
  const loaded = useLoaded(TaxRates, {})
  const countries = new Intl.DisplayNames(tag, { type: 'region' })
  const choices = useChoices()
  const placeOf = ({ country, region }: { country: string; region?: string | null }) =>
    [countries.of(country), region].filter(Boolean).join(', ')
  const percent = (percentage: string) => `${Number(percentage).toLocaleString(tag, { maximumFractionDigits: 4 })} %`
  const rateColumn = {
    key: 'rate',
    title: fields.percentage,
    align: 'end',
    cell: ({ percentage }: { percentage: string }) => percent(percentage),
    value: ({ percentage }: { percentage: string }) => Number(percentage),
  } as const
  return (
    <Page title={nav.taxes} text={intro.taxes} actions={<ActionButtons actions={[setRate()]} />}>
      <LoadedContent loaded={loaded}>
        {({ taxRates, standardTaxRates }) => (
          <>
            <Section title={fields.ownRates}>
              <CompleteTable
                label={fields.ownRates}
                rows={taxRates}
                rowKey={keyOf}
                empty={empty.ownRates}
                filters={[
                  {
                    name: 'for',
                    label: fields.customerType,
                    kind: 'choice',
                    options: choices('customerType'),
                    matches: ({ customerType }, chosen) => customerType === chosen,
                  },
                ]}
                columns={[
                  { key: 'country', title: fields.country, cell: placeOf, value: placeOf },
                  { key: 'for', title: fields.customerType, cell: ({ customerType }) => enums.customerType[customerType] },
                  rateColumn,
                  { key: 'name', title: fields.taxName, cell: ({ name }) => name, value: ({ name }) => name },
                  { key: 'from', title: fields.validFrom, cell: ({ validFrom }) => day(validFrom), value: ({ validFrom }) => validFrom },
                  { key: 'exemption', title: fields.exemption, cell: ({ exemption }) => exemption },
                  actionColumn(
                    (rate) => [setRate(rate), removeRate(rate)],
                    (rate) => keyOf(rate),
                  ),
                ]}
              />
            </Section>
            <Section title={fields.standardRates} text={intro.standardRates}>
              <CompleteTable
                label={fields.standardRates}
                rows={standardTaxRates}
                rowKey={({ country }) => country}
                prefix="standard-"
                columns={[
                  { key: 'country', title: fields.country, cell: placeOf, value: placeOf },
                  rateColumn,
                  { key: 'asOf', title: fields.asOf, align: 'end', cell: ({ asOf }) => day(asOf) },
                ]}
              />
            </Section>
          </>
        )}
      </LoadedContent>
    </Page>
  )
}
