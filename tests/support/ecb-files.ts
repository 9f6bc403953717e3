/** The rates of a day by currency, as the ECB publishes them. */
export type EcbDay = readonly [day: string, rates: Readonly<Record<string, string>>]

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<gesmes:Sender>
		<gesmes:name>European Central Bank</gesmes:name>
	</gesmes:Sender>
`

/** A file with the elements of an ECB file around its days. The first of the days begins on line 8. */
export const ecbEnvelope = (days: string) => `${HEAD}	<Cube>\n${days}	</Cube>\n</gesmes:Envelope>`

/** `eurofxref-daily.xml` for one day, `eurofxref-hist-90d.xml` for several. The daily file has single quotes. */
export function ecbFile(...days: readonly EcbDay[]): string {
  const quote = days.length === 1 ? "'" : '"'
  const attribute = (name: string, value: string) => `${name}=${quote}${value}${quote}`
  const ratesOf = (rates: EcbDay[1]) =>
    Object.entries(rates).map(([currency, rate]) => `			<Cube ${attribute('currency', currency)} ${attribute('rate', rate)}/>\n`)
  return ecbEnvelope(days.map(([day, rates]) => `		<Cube ${attribute('time', day)}>\n${ratesOf(rates).join('')}		</Cube>\n`).join(''))
}
