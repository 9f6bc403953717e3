import type { Language } from '../../core/languages.js'

type FrenchNotes = Readonly<Record<'AAB' | 'PMD' | 'PMT', string>>

/**
 * What invoices of sellers in France state about early and late payment. The rate is the one of the law for sellers who have
 * agreed on none. Only business customers owe the penalties.
 * Source: Code de commerce, articles L441-9, L441-10 and D441-5; XP Z12-012, rule BR-FR-05.
 */
export const FRENCH_NOTES: Readonly<Record<Language, FrenchNotes>> = {
  en: {
    AAB: 'No discount for early payment.',
    PMD: 'Late payment by business customers: penalties from the day after the due date, without a reminder, at the refinancing rate of the European Central Bank plus 10 percentage points.',
    PMT: 'Late payment by business customers: flat compensation of 40 euros for recovery costs.',
  },
  de: {
    AAB: 'Kein Skonto bei vorzeitiger Zahlung.',
    PMD: 'Zahlungsverzug von Geschäftskunden: Verzugszinsen ab dem Tag nach der Fälligkeit, ohne Mahnung, in Höhe des Refinanzierungssatzes der Europäischen Zentralbank zuzüglich 10 Prozentpunkten.',
    PMT: 'Zahlungsverzug von Geschäftskunden: pauschale Entschädigung von 40 Euro für Beitreibungskosten.',
  },
  fr: {
    AAB: 'Pas d’escompte pour paiement anticipé.',
    PMD: 'Retard de paiement d’un client professionnel : pénalités exigibles dès le jour suivant la date d’échéance, sans rappel, au taux de refinancement de la Banque centrale européenne majoré de 10 points de pourcentage.',
    PMT: 'Retard de paiement d’un client professionnel : indemnité forfaitaire pour frais de recouvrement de 40 euros.',
  },
  es: {
    AAB: 'Sin descuento por pago anticipado.',
    PMD: 'Retraso en el pago de clientes profesionales: intereses de demora desde el día siguiente al vencimiento, sin requerimiento, al tipo de refinanciación del Banco Central Europeo más 10 puntos porcentuales.',
    PMT: 'Retraso en el pago de clientes profesionales: indemnización fija de 40 euros por gastos de cobro.',
  },
}
