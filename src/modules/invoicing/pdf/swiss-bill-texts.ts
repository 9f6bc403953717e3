/** The texts of the payment part, which the standard gives in these languages. Source: Swiss Implementation Guidelines QR-bill, annex D. */
export interface SwissBillTexts {
  paymentPart: string
  account: string
  reference: string
  information: string
  currency: string
  amount: string
  receipt: string
  acceptancePoint: string
  separate: string
  payableBy: string
  payableByName: string
}

const TEXTS: Readonly<Record<string, SwissBillTexts>> = {
  en: {
    paymentPart: 'Payment part',
    account: 'Account / Payable to',
    reference: 'Reference',
    information: 'Additional information',
    currency: 'Currency',
    amount: 'Amount',
    receipt: 'Receipt',
    acceptancePoint: 'Acceptance point',
    separate: 'Separate before paying in',
    payableBy: 'Payable by',
    payableByName: 'Payable by (name/address)',
  },
  de: {
    paymentPart: 'Zahlteil',
    account: 'Konto / Zahlbar an',
    reference: 'Referenz',
    information: 'Zusätzliche Informationen',
    currency: 'Währung',
    amount: 'Betrag',
    receipt: 'Empfangsschein',
    acceptancePoint: 'Annahmestelle',
    separate: 'Vor der Einzahlung abzutrennen',
    payableBy: 'Zahlbar durch',
    payableByName: 'Zahlbar durch (Name/Adresse)',
  },
  fr: {
    paymentPart: 'Section paiement',
    account: 'Compte / Payable à',
    reference: 'Référence',
    information: 'Informations supplémentaires',
    currency: 'Monnaie',
    amount: 'Montant',
    receipt: 'Récépissé',
    acceptancePoint: 'Point de dépôt',
    separate: 'A détacher avant le versement',
    payableBy: 'Payable par',
    payableByName: 'Payable par (nom/adresse)',
  },
  it: {
    paymentPart: 'Sezione pagamento',
    account: 'Conto / Pagabile a',
    reference: 'Riferimento',
    information: 'Informazioni supplementari',
    currency: 'Valuta',
    amount: 'Importo',
    receipt: 'Ricevuta',
    acceptancePoint: 'Punto di accettazione',
    separate: 'Da staccare prima del versamento',
    payableBy: 'Pagabile da',
    payableByName: 'Pagabile da (nome/indirizzo)',
  },
}

/** English if the standard does not have the language. @param locale  BCP 47 */
export function swissBillTexts(locale: string): SwissBillTexts {
  return (TEXTS[locale.slice(0, 2).toLowerCase()] ?? TEXTS.en) as SwissBillTexts
}
