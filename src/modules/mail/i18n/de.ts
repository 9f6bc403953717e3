import type { MailFacts, MailMessages } from './messages.js'

const IGNORE_IF_PAID = 'Falls Sie bereits bezahlt haben, betrachten Sie diese E-Mail bitte als gegenstandslos.'
const HOW_TO_PAY = 'Wie Sie bezahlen können, steht auf dem Dokument.'

/** What the customer has declared, and when. */
function acknowledge({ receivedAt, request, order }: MailFacts): string[] {
  if (receivedAt === '') return []
  return request === ''
    ? [`Ihr Antrag auf Erstattung der Bestellung ${order} ist am ${receivedAt} bei uns eingegangen.`]
    : [`Ihre Erklärung zur Bestellung ${order} ist am ${receivedAt} bei uns eingegangen: „${request}“.`]
}

export const german: MailMessages = {
  greeting: (name) => (name === null ? 'Guten Tag,' : `Guten Tag ${name},`),
  closing: 'Mit freundlichen Grüßen',
  footer: (seller) => `Sie erhalten diese E-Mail, weil Sie Kunde von ${seller} sind.`,
  questions: (address) => `Haben Sie Fragen? Antworten Sie auf diese E-Mail oder schreiben Sie an ${address}.`,
  portalNote: (days) => `Der Link zu Ihrem Konto meldet Sie einmal an und gilt ${days} Tage. Bitte leiten Sie ihn nicht weiter.`,
  mails: {
    ORDER_PLACED: ({ order, seller, isTopUp }) => ({
      subject: `Ihre Bestellung ${order} bei ${seller}`,
      heading: 'Vielen Dank für Ihre Bestellung',
      paragraphs: [
        isTopUp
          ? 'Wir haben Ihre Bestellung erhalten. Der Betrag wird Ihrem Guthaben gutgeschrieben, sobald Ihre Zahlung eingegangen ist.'
          : 'Wir haben Ihre Bestellung erhalten. Sie wird aktiv, sobald Ihre Zahlung eingegangen ist.',
        HOW_TO_PAY,
      ],
    }),
    INVOICE: ({ document, documentKind, seller, amount, day, isPaid }) => ({
      subject: `${document} von ${seller}`,
      heading: document,
      paragraphs:
        documentKind === 'CREDIT_NOTE'
          ? [`Ihre Rechnungskorrektur über ${amount} ist angehängt.`]
          : isPaid
            ? [`Vielen Dank für Ihre Zahlung. Angehängt ist: ${document} über ${amount}. Es ist nichts mehr zu bezahlen.`]
            : [`Ihre Rechnung über ${amount} ist angehängt. Bitte bezahlen Sie sie bis zum ${day}.`, HOW_TO_PAY],
    }),
    PAYMENT_RECEIVED: ({ amount, order }) => ({
      subject: `Wir haben Ihre Zahlung über ${amount} erhalten`,
      heading: 'Zahlung eingegangen',
      paragraphs: [`Vielen Dank. Wir haben Ihre Zahlung über ${amount} für die Bestellung ${order} erhalten.`],
    }),
    PAYMENT_FAILED: ({ plan, day }) => ({
      subject: `Die Zahlung für ${plan} ist fehlgeschlagen`,
      heading: 'Zahlung fehlgeschlagen',
      paragraphs: [
        `Wir konnten die Zahlung für Ihren Tarif ${plan} nicht einziehen. Bitte prüfen Sie Ihre Zahlungsdaten.`,
        `Ihr Tarif bleibt bis zum ${day} aktiv. Ist die Zahlung bis dahin nicht eingegangen, wird er gesperrt.`,
      ],
    }),
    RENEWAL_UPCOMING: ({ plan, day, amount, isPaid }) => ({
      subject: `${plan} verlängert sich am ${day}`,
      heading: 'Ihr Tarif verlängert sich bald',
      paragraphs: [
        `Ihr Tarif ${plan} verlängert sich am ${day} für ${amount}.`,
        isPaid
          ? 'Die Rechnung ist aus Ihrem Guthaben bezahlt. Sie müssen nichts weiter tun.'
          : 'Bitte bezahlen Sie die angehängte Rechnung bis dahin, damit Ihr Tarif weiterläuft.',
      ],
    }),
    PRICE_CHANGING: ({ plan, day, amount, newAmount }) => ({
      subject: `${plan}: neuer Preis ab ${day}`,
      heading: 'Ein neuer Preis für Ihren Tarif',
      paragraphs: [
        `Ab dem ${day} kostet Ihr Tarif ${plan} pro Zeitraum ${newAmount} statt ${amount}.`,
        'Wenn Sie zu diesem Preis nicht fortfahren möchten, können Sie Ihren Tarif vor diesem Tag kündigen.',
      ],
    }),
    INVOICE_DUE: ({ document, amount, day }) => ({
      subject: `${document} ist am ${day} fällig`,
      heading: 'Ihre Rechnung ist bald fällig',
      paragraphs: [`Bitte bezahlen Sie ${amount} bis zum ${day}. Die Rechnung ist noch einmal angehängt.`, IGNORE_IF_PAID],
    }),
    INVOICE_OVERDUE: ({ document, amount, day }) => ({
      subject: `Erinnerung: ${document} ist überfällig`,
      heading: 'Ihre Rechnung ist überfällig',
      paragraphs: [
        `Die Rechnung war am ${day} fällig, und ${amount} sind noch offen. Bitte bezahlen Sie sie jetzt.`,
        'Solange eine Rechnung offen ist, kann Ihr Tarif gesperrt werden.',
        IGNORE_IF_PAID,
      ],
    }),
    SUSPENDED: ({ plan, isOverdue }) => ({
      subject: `Ihr Tarif ${plan} ist gesperrt`,
      heading: 'Ihr Tarif ist gesperrt',
      paragraphs: isOverdue
        ? [
            `Ihr Tarif ${plan} ist gesperrt, weil eine Rechnung nicht rechtzeitig bezahlt wurde.`,
            'Er wird freigeschaltet, sobald die Rechnung bezahlt ist.',
          ]
        : [`Ihr Tarif ${plan} ist gesperrt. Bitte wenden Sie sich an uns.`],
    }),
    RESUMED: ({ plan }) => ({
      subject: `Ihr Tarif ${plan} ist wieder aktiv`,
      heading: 'Ihr Tarif ist wieder aktiv',
      paragraphs: [`Die Sperre Ihres Tarifs ${plan} ist aufgehoben. Sie können ihn uneingeschränkt nutzen.`],
    }),
    CANCELLED: ({ plan, receivedAt, endsAt, isEnded, isWithdrawal }) => ({
      subject: isWithdrawal ? `Widerruf Ihres Vertrags über ${plan}` : `Kündigung Ihres Tarifs ${plan}`,
      heading: isWithdrawal ? 'Wir bestätigen Ihren Widerruf' : 'Wir bestätigen Ihre Kündigung',
      paragraphs: [
        isWithdrawal
          ? `Der Widerruf Ihres Vertrags über ${plan} ist am ${receivedAt} bei uns eingegangen.`
          : `Die Kündigung Ihres Tarifs ${plan} ist am ${receivedAt} bei uns eingegangen.`,
        isEnded
          ? `Ihr Vertrag ist seit dem ${endsAt} beendet.`
          : `Ihr Vertrag endet am ${endsAt}. Bis dahin können Sie den Tarif nutzen; er verlängert sich nicht.`,
      ],
    }),
    TERMINATED: ({ plan }) => ({
      subject: `Ihr Tarif ${plan} ist beendet`,
      heading: 'Ihr Tarif ist beendet',
      paragraphs: [
        `Ihr Tarif ${plan} ist beendet, weil eine Rechnung nicht bezahlt wurde.`,
        'Wir freuen uns, wenn Sie wiederkommen: Sie können jederzeit neu bestellen.',
      ],
    }),
    TRIAL_ENDING: ({ plan, day, amount }) => ({
      subject: `Ihre Testphase von ${plan} endet am ${day}`,
      heading: 'Ihre Testphase endet bald',
      paragraphs: [
        `Ihre Testphase von ${plan} endet am ${day}.`,
        amount === '' ? 'Danach ist der Tarif kostenpflichtig.' : `Danach kostet der Tarif ${amount} pro Zeitraum.`,
        'Wenn Sie nicht fortfahren möchten, können Sie vor diesem Tag kündigen.',
      ],
    }),
    REFUND_REQUESTED: (facts) => ({
      subject: facts.receivedAt === '' ? `Wir erstatten Ihnen ${facts.amount}` : `Ihre Erklärung zur Bestellung ${facts.order}`,
      heading: facts.receivedAt === '' ? 'Ihre Erstattung ist unterwegs' : 'Wir haben Ihre Erklärung erhalten',
      paragraphs: [
        ...acknowledge(facts),
        `Sie erhalten ${facts.amount} zurück. Die Rechnungskorrektur ist angehängt. Sobald der Betrag ausgezahlt ist, schreiben wir Ihnen erneut.`,
      ],
    }),
    REFUND: (facts) => ({
      subject: `Ihre Erstattung über ${facts.amount}`,
      heading: 'Erstattung',
      paragraphs: [
        ...acknowledge(facts),
        facts.isToBalance
          ? `Wir haben Ihnen ${facts.amount} als Guthaben erstattet.`
          : `Wir haben Ihnen ${facts.amount} erstattet. Bis Sie das Geld sehen, können je nach Bank einige Tage vergehen.`,
      ],
    }),
    PLAN_CHANGED: ({ plan, planBefore }) => ({
      subject: `Ihr Tarif ist jetzt ${plan}`,
      heading: 'Ihr Tarif wurde gewechselt',
      paragraphs: [`Ihr Tarif wurde von ${planBefore} zu ${plan} gewechselt.`],
    }),
  },
  declarations: {
    CANCELLATION: 'Ordentliche Kündigung zum nächstmöglichen Zeitpunkt',
    EXTRAORDINARY_CANCELLATION: 'Außerordentliche Kündigung',
    WITHDRAWAL: 'Widerruf',
  },
  labels: {
    order: 'Bestellung',
    items: 'Positionen',
    plan: 'Tarif',
    planBefore: 'Bisheriger Tarif',
    newPlan: 'Neuer Tarif',
    amount: 'Betrag',
    amountDue: 'Offener Betrag',
    amountPaid: 'Gezahlter Betrag',
    amountRefunded: 'Erstatteter Betrag',
    price: 'Bisheriger Preis',
    newPrice: 'Neuer Preis',
    from: 'Ab',
    dueOn: 'Fällig am',
    validUntil: 'Gültig bis',
    renewsOn: 'Verlängert sich am',
    endsOn: 'Endet am',
    contract: 'Vertrag',
    declaration: 'Ihre Erklärung',
    receivedAt: 'Eingegangen am',
    activeUntil: 'Aktiv bis',
    status: 'Status',
    paid: 'Bezahlt',
    attached: 'Angehängt',
  },
  buttons: { order: 'Bestellung ansehen', document: (title) => `${title} ansehen`, pay: 'Jetzt bezahlen', portal: 'Tarif verwalten' },
}
