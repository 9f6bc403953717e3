import { isInEuropeanUnion } from '../../src/core/vat-id.js'

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']

/** The member states of the European Union, ISO 3166, as core/vat-id knows them. */
export const MEMBER_STATES = LETTERS.flatMap((first) => LETTERS.map((second) => `${first}${second}`)).filter(isInEuropeanUnion)
