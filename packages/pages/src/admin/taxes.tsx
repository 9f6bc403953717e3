import { TaxRates } from '../generated/admin'
import { DataTable } from '../ui/data-table'
import { useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useLocale } from '../ui/locale'
import { type TaxRateRow, useSettingsActions } from './actions/settings-actions'
import { ActionButtons } from './blocks/action'
import { useActionColumn } from './blocks/action-column'
import { Page } from './blocks/page'
import { Section } from './blocks/section'
import { useTexts } from './use-texts'

const keyOf = ({ country, region, customerType, name, validFrom }: TaxRateRow) => [country, region, customerType, name, validFrom].join(' ')

/** The tax rates that apply to sales. */
export default function Taxes() {
  const actionColumn = useActionColumn<TaxRateRow>()
  const { nav, intro, fields, enums } = useTexts()
  const { date, tag } = useLocale()
  const { setRate, removeRate } = useSettingsActions()
  const loaded = useLoaded(TaxRates, {})
  const countries = new Intl.DisplayNames(tag, { type: 'region' })
  const percent = (percentage: string) => `${Number(percentage).toLocaleString(tag, { maximumFractionDigits: 4 })} %`
  return (
    <Page title={nav.taxes} text={intro.taxes} actions={<ActionButtons actions={[setRate()]} />}>
      <LoadedContent loaded={loaded}>
        {({ taxRates, standardTaxRates }) => (
          <>
            <Section title={fields.ownRates}>
              <DataTable
                label={fields.ownRates}
                rows={taxRates}
                rowKey={keyOf}
                columns={[
                  {
                    key: 'country',
                    title: fields.country,
                    cell: ({ country, region }) => [countries.of(country), region].filter(Boolean).join(', '),
                  },
                  { key: 'for', title: fields.customerType, cell: ({ customerType }) => enums.customerType[customerType] },
                  { key: 'rate', title: fields.percentage, align: 'end', cell: ({ percentage }) => percent(percentage) },
                  { key: 'name', title: fields.taxName, cell: ({ name }) => name },
                  { key: 'from', title: fields.validFrom, cell: ({ validFrom }) => date(validFrom) },
                  { key: 'exemption', title: fields.exemption, cell: ({ exemption }) => exemption },
                  actionColumn(
                    (rate) => [setRate(rate), removeRate(rate)],
                    (rate) => keyOf(rate),
                  ),
                ]}
              />
            </Section>
            <Section title={fields.standardRates} text={intro.standardRates}>
              <DataTable
                label={fields.standardRates}
                rows={standardTaxRates}
                rowKey={({ country }) => country}
                columns={[
                  { key: 'country', title: fields.country, cell: ({ country }) => countries.of(country) },
                  { key: 'rate', title: fields.percentage, align: 'end', cell: ({ percentage }) => percent(percentage) },
                  { key: 'asOf', title: fields.asOf, align: 'end', cell: ({ asOf }) => date(asOf) },
                ]}
              />
            </Section>
          </>
        )}
      </LoadedContent>
    </Page>
  )
}
