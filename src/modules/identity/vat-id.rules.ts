import { isInEuropeanUnion } from '../../core/vat-id.js'

/**
 * Whether the VAT ids of customers are checked: only a seller in the European Union makes sales with reverse charge that
 * depend on them. Source: Directive 2006/112/EC, articles 44 and 196.
 */
export function checksVatIds({ country }: { country?: string }): boolean {
  return country !== undefined && isInEuropeanUnion(country)
}
