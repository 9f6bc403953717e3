import type { MailFacts, MailMessages } from './messages.js'

const IGNORE_IF_PAID = 'Si vous avez déjà payé, veuillez ne pas tenir compte de cet e-mail.'
const HOW_TO_PAY = 'Les moyens de paiement sont indiqués sur le document.'

/** What the customer has declared, and when. */
function acknowledge({ receivedAt, request, order }: MailFacts): string[] {
  if (receivedAt === '') return []
  return request === ''
    ? [`Votre demande de remboursement de la commande ${order} nous est parvenue le ${receivedAt}.`]
    : [`Votre déclaration concernant la commande ${order} nous est parvenue le ${receivedAt}\u00a0: «\u00a0${request}\u00a0».`]
}

export const french: MailMessages = {
  greeting: (name) => (name === null ? 'Bonjour,' : `Bonjour ${name},`),
  closing: 'Cordialement',
  footer: (seller) => `Vous recevez cet e-mail parce que vous êtes client de ${seller}.`,
  questions: (address) => `Des questions\u00a0? Répondez à cet e-mail ou écrivez à ${address}.`,
  portalNote: (days) => `Le lien vers votre compte vous connecte une seule fois, pendant ${days} jours. Ne le transmettez à personne.`,
  mails: {
    ORDER_PLACED: ({ order, seller, isTopUp }) => ({
      subject: `Votre commande ${order} chez ${seller}`,
      heading: 'Merci pour votre commande',
      paragraphs: [
        isTopUp
          ? 'Nous avons bien reçu votre commande. Le montant sera ajouté à votre solde dès réception de votre paiement.'
          : 'Nous avons bien reçu votre commande. Elle sera active dès réception de votre paiement.',
        HOW_TO_PAY,
      ],
    }),
    INVOICE: ({ document, documentKind, seller, amount, day, isPaid }) => ({
      subject: `${document} de ${seller}`,
      heading: document,
      paragraphs:
        documentKind === 'CREDIT_NOTE'
          ? [`Vous trouverez ci-joint votre avoir de ${amount}.`]
          : isPaid
            ? [`Merci pour votre paiement. Vous trouverez ci-joint\u00a0: ${document} de ${amount}. Il ne reste rien à payer.`]
            : [`Vous trouverez ci-joint votre facture de ${amount}. Merci de la régler au plus tard le ${day}.`, HOW_TO_PAY],
    }),
    PAYMENT_RECEIVED: ({ amount, order }) => ({
      subject: `Nous avons reçu votre paiement de ${amount}`,
      heading: 'Paiement reçu',
      paragraphs: [`Merci. Nous avons bien reçu votre paiement de ${amount} pour la commande ${order}.`],
    }),
    PAYMENT_FAILED: ({ plan, day }) => ({
      subject: `Le paiement pour ${plan} a échoué`,
      heading: 'Échec du paiement',
      paragraphs: [
        `Nous n’avons pas pu prélever le paiement de votre formule ${plan}. Veuillez vérifier vos informations de paiement.`,
        `Votre formule reste active jusqu’au ${day}. Sans paiement d’ici là, elle sera suspendue.`,
      ],
    }),
    RENEWAL_UPCOMING: ({ plan, day, amount, isPaid }) => ({
      subject: `${plan} sera renouvelé le ${day}`,
      heading: 'Votre formule sera bientôt renouvelée',
      paragraphs: [
        `Votre formule ${plan} sera renouvelée le ${day} pour ${amount}.`,
        isPaid
          ? 'La facture est payée avec votre solde. Vous n’avez rien à faire.'
          : 'Merci de régler d’ici là la facture ci-jointe, afin que votre formule continue.',
      ],
    }),
    PRICE_CHANGING: ({ plan, day, amount, newAmount }) => ({
      subject: `${plan}\u00a0: nouveau prix à partir du ${day}`,
      heading: 'Un nouveau prix pour votre formule',
      paragraphs: [
        `À partir du ${day}, votre formule ${plan} coûtera ${newAmount} par période au lieu de ${amount}.`,
        'Si vous ne souhaitez pas continuer à ce prix, vous pouvez résilier votre formule avant cette date.',
      ],
    }),
    INVOICE_DUE: ({ document, amount, day }) => ({
      subject: `${document}\u00a0: échéance le ${day}`,
      heading: 'Votre facture arrive bientôt à échéance',
      paragraphs: [`Merci de régler ${amount} au plus tard le ${day}. Vous trouverez à nouveau la facture ci-jointe.`, IGNORE_IF_PAID],
    }),
    INVOICE_OVERDUE: ({ document, amount, day }) => ({
      subject: `Rappel\u00a0: ${document} en retard de paiement`,
      heading: 'Votre facture est en retard de paiement',
      paragraphs: [
        `L’échéance de la facture était le ${day}, et ${amount} restent à payer. Merci de la régler maintenant.`,
        'Tant qu’une facture reste impayée, votre formule peut être suspendue.',
        IGNORE_IF_PAID,
      ],
    }),
    SUSPENDED: ({ plan, isOverdue }) => ({
      subject: `Votre formule ${plan} est suspendue`,
      heading: 'Votre formule est suspendue',
      paragraphs: isOverdue
        ? [
            `Votre formule ${plan} est suspendue, car une facture n’a pas été payée à temps.`,
            'Elle sera rétablie dès que la facture sera payée.',
          ]
        : [`Votre formule ${plan} est suspendue. Veuillez nous contacter.`],
    }),
    RESUMED: ({ plan }) => ({
      subject: `Votre formule ${plan} est de nouveau active`,
      heading: 'Votre formule est de nouveau active',
      paragraphs: [`La suspension de votre formule ${plan} est levée. Vous pouvez l’utiliser sans restriction.`],
    }),
    CANCELLED: ({ plan, receivedAt, endsAt, isEnded, isWithdrawal }) => ({
      subject: isWithdrawal ? `Votre rétractation concernant ${plan}` : `Votre résiliation de ${plan}`,
      heading: isWithdrawal ? 'Nous confirmons votre rétractation' : 'Nous confirmons votre résiliation',
      paragraphs: [
        isWithdrawal
          ? `Votre rétractation du contrat concernant ${plan} nous est parvenue le ${receivedAt}.`
          : `La résiliation de votre formule ${plan} nous est parvenue le ${receivedAt}.`,
        isEnded
          ? `Votre contrat a pris fin le ${endsAt}.`
          : `Votre contrat prend fin le ${endsAt}. D’ici là, vous pouvez utiliser la formule\u00a0; elle ne sera pas renouvelée.`,
      ],
    }),
    TERMINATED: ({ plan }) => ({
      subject: `Votre formule ${plan} a pris fin`,
      heading: 'Votre formule a pris fin',
      paragraphs: [
        `Votre formule ${plan} a pris fin, car une facture n’a pas été payée.`,
        'Nous serions heureux de vous retrouver\u00a0: vous pouvez commander à nouveau à tout moment.',
      ],
    }),
    TRIAL_ENDING: ({ plan, day, amount }) => ({
      subject: `Votre essai de ${plan} se termine le ${day}`,
      heading: 'Votre essai se termine bientôt',
      paragraphs: [
        `Votre essai de ${plan} se termine le ${day}.`,
        amount === '' ? 'La formule sera ensuite payante.' : `La formule coûtera ensuite ${amount} par période.`,
        'Si vous ne souhaitez pas continuer, vous pouvez résilier avant cette date.',
      ],
    }),
    REFUND_REQUESTED: (facts) => ({
      subject:
        facts.receivedAt === '' ? `Nous vous remboursons ${facts.amount}` : `Votre déclaration concernant la commande ${facts.order}`,
      heading: facts.receivedAt === '' ? 'Votre remboursement est en cours' : 'Nous avons bien reçu votre déclaration',
      paragraphs: [
        ...acknowledge(facts),
        `${facts.amount} vous sont remboursés. Vous trouverez l’avoir ci-joint. Un nouvel e-mail vous confirmera le versement.`,
      ],
    }),
    REFUND: (facts) => ({
      subject: `Votre remboursement de ${facts.amount}`,
      heading: 'Remboursement',
      paragraphs: [
        ...acknowledge(facts),
        facts.isToBalance
          ? `Nous avons crédité ${facts.amount} sur votre solde.`
          : `Nous vous avons remboursé ${facts.amount}. Selon votre banque, quelques jours peuvent passer avant que vous ne voyiez l’argent.`,
      ],
    }),
    PLAN_CHANGED: ({ plan, planBefore }) => ({
      subject: `Votre formule est maintenant ${plan}`,
      heading: 'Votre formule a changé',
      paragraphs: [`Votre formule est passée de ${planBefore} à ${plan}.`],
    }),
  },
  declarations: {
    CANCELLATION: 'Résiliation ordinaire à la prochaine échéance possible',
    EXTRAORDINARY_CANCELLATION: 'Résiliation pour motif grave',
    WITHDRAWAL: 'Rétractation',
  },
  labels: {
    order: 'Commande',
    items: 'Articles',
    plan: 'Formule',
    planBefore: 'Ancienne formule',
    newPlan: 'Nouvelle formule',
    amount: 'Montant',
    amountDue: 'Montant à payer',
    amountPaid: 'Montant payé',
    amountRefunded: 'Montant remboursé',
    price: 'Ancien prix',
    newPrice: 'Nouveau prix',
    from: 'À partir du',
    dueOn: 'Échéance',
    validUntil: 'Valable jusqu’au',
    renewsOn: 'Renouvellement le',
    endsOn: 'Fin le',
    contract: 'Contrat',
    declaration: 'Votre déclaration',
    receivedAt: 'Reçue le',
    activeUntil: 'Active jusqu’au',
    status: 'État',
    paid: 'Payé',
    attached: 'Pièces jointes',
  },
  buttons: {
    order: 'Voir la commande',
    document: (title) => `Voir\u00a0: ${title}`,
    pay: 'Payer maintenant',
    portal: 'Gérer votre formule',
  },
}
