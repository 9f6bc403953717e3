import type { MailFacts, MailMessages } from './messages.js'

const IGNORE_IF_PAID = 'Si ya ha pagado, ignore este correo.'
const HOW_TO_PAY = 'El documento indica cómo puede pagar.'

/** What the customer has declared, and when. */
function acknowledge({ receivedAt, request, order }: MailFacts): string[] {
  if (receivedAt === '') return []
  return request === ''
    ? [`Su solicitud de reembolso del pedido ${order} nos llegó el ${receivedAt}.`]
    : [`Su declaración sobre el pedido ${order} nos llegó el ${receivedAt}: «${request}».`]
}

export const spanish: MailMessages = {
  greeting: (name) => (name === null ? 'Hola:' : `Hola, ${name}:`),
  closing: 'Un saludo',
  footer: (seller) => `Recibe este correo porque es cliente de ${seller}.`,
  questions: (address) => `¿Tiene preguntas? Responda a este correo o escriba a ${address}.`,
  portalNote: (days) => `El enlace a su cuenta inicia la sesión una sola vez, durante ${days} días. No lo reenvíe a nadie.`,
  mails: {
    ORDER_PLACED: ({ order, seller, isTopUp }) => ({
      subject: `Su pedido ${order} en ${seller}`,
      heading: 'Gracias por su pedido',
      paragraphs: [
        isTopUp
          ? 'Hemos recibido su pedido. El importe se añadirá a su saldo cuando llegue su pago.'
          : 'Hemos recibido su pedido. Se activará cuando llegue su pago.',
        HOW_TO_PAY,
      ],
    }),
    INVOICE: ({ document, documentKind, seller, amount, day, isPaid }) => ({
      subject: `${document} de ${seller}`,
      heading: document,
      paragraphs:
        documentKind === 'CREDIT_NOTE'
          ? [`Adjuntamos su factura rectificativa de ${amount}.`]
          : isPaid
            ? [`Gracias por su pago. Adjuntamos: ${document} de ${amount}. No queda nada por pagar.`]
            : [`Adjuntamos su factura de ${amount}. Páguela, por favor, a más tardar el ${day}.`, HOW_TO_PAY],
    }),
    PAYMENT_RECEIVED: ({ amount, order }) => ({
      subject: `Hemos recibido su pago de ${amount}`,
      heading: 'Pago recibido',
      paragraphs: [`Gracias. Hemos recibido su pago de ${amount} para el pedido ${order}.`],
    }),
    PAYMENT_FAILED: ({ plan, day }) => ({
      subject: `El pago de ${plan} ha fallado`,
      heading: 'El pago ha fallado',
      paragraphs: [
        `No hemos podido cobrar el pago de su plan ${plan}. Compruebe, por favor, sus datos de pago.`,
        `Su plan sigue activo hasta el ${day}. Si el pago no ha llegado para entonces, se suspenderá.`,
      ],
    }),
    RENEWAL_UPCOMING: ({ plan, day, amount, isPaid }) => ({
      subject: `${plan} se renueva el ${day}`,
      heading: 'Su plan se renueva pronto',
      paragraphs: [
        `Su plan ${plan} se renueva el ${day} por ${amount}.`,
        isPaid
          ? 'La factura está pagada con su saldo. No tiene que hacer nada.'
          : 'Pague, por favor, la factura adjunta antes de esa fecha para que su plan continúe.',
      ],
    }),
    PRICE_CHANGING: ({ plan, day, amount, newAmount }) => ({
      subject: `${plan}: nuevo precio a partir del ${day}`,
      heading: 'Un nuevo precio para su plan',
      paragraphs: [
        `A partir del ${day}, su plan ${plan} costará ${newAmount} por periodo en lugar de ${amount}.`,
        'Si no desea continuar con este precio, puede cancelar su plan antes de esa fecha.',
      ],
    }),
    INVOICE_DUE: ({ document, amount, day }) => ({
      subject: `${document} vence el ${day}`,
      heading: 'Su factura vence pronto',
      paragraphs: [`Pague, por favor, ${amount} a más tardar el ${day}. Adjuntamos de nuevo la factura.`, IGNORE_IF_PAID],
    }),
    INVOICE_OVERDUE: ({ document, amount, day }) => ({
      subject: `Recordatorio: ${document} está vencida`,
      heading: 'Su factura está vencida',
      paragraphs: [
        `La factura venció el ${day} y quedan ${amount} por pagar. Páguela ahora, por favor.`,
        'Mientras una factura esté sin pagar, su plan puede suspenderse.',
        IGNORE_IF_PAID,
      ],
    }),
    SUSPENDED: ({ plan, isOverdue }) => ({
      subject: `Su plan ${plan} está suspendido`,
      heading: 'Su plan está suspendido',
      paragraphs: isOverdue
        ? [`Su plan ${plan} está suspendido porque una factura no se pagó a tiempo.`, 'Se reanudará cuando la factura esté pagada.']
        : [`Su plan ${plan} está suspendido. Póngase en contacto con nosotros, por favor.`],
    }),
    RESUMED: ({ plan }) => ({
      subject: `Su plan ${plan} vuelve a estar activo`,
      heading: 'Su plan vuelve a estar activo',
      paragraphs: [`La suspensión de su plan ${plan} ha terminado. Puede usarlo sin restricciones.`],
    }),
    CANCELLED: ({ plan, receivedAt, endsAt, isEnded, isWithdrawal }) => ({
      subject: isWithdrawal ? `Su desistimiento de ${plan}` : `Su cancelación de ${plan}`,
      heading: isWithdrawal ? 'Confirmamos su desistimiento' : 'Confirmamos su cancelación',
      paragraphs: [
        isWithdrawal
          ? `Su desistimiento del contrato de ${plan} nos llegó el ${receivedAt}.`
          : `La cancelación de su plan ${plan} nos llegó el ${receivedAt}.`,
        isEnded
          ? `Su contrato terminó el ${endsAt}.`
          : `Su contrato termina el ${endsAt}. Hasta entonces puede usar el plan, y no se renovará.`,
      ],
    }),
    TERMINATED: ({ plan }) => ({
      subject: `Su plan ${plan} ha terminado`,
      heading: 'Su plan ha terminado',
      paragraphs: [
        `Su plan ${plan} ha terminado porque una factura no se pagó.`,
        'Nos alegraría volver a verle: puede hacer un nuevo pedido en cualquier momento.',
      ],
    }),
    TRIAL_ENDING: ({ plan, day, amount }) => ({
      subject: `Su prueba de ${plan} termina el ${day}`,
      heading: 'Su prueba termina pronto',
      paragraphs: [
        `Su prueba de ${plan} termina el ${day}.`,
        amount === '' ? 'Después, el plan será de pago.' : `Después, el plan costará ${amount} por periodo.`,
        'Si no desea continuar, puede cancelar antes de esa fecha.',
      ],
    }),
    REFUND_REQUESTED: (facts) => ({
      subject: facts.receivedAt === '' ? `Le reembolsamos ${facts.amount}` : `Su declaración sobre el pedido ${facts.order}`,
      heading: facts.receivedAt === '' ? 'Su reembolso está en camino' : 'Hemos recibido su declaración',
      paragraphs: [
        ...acknowledge(facts),
        `Se le devuelven ${facts.amount}. Adjuntamos la factura rectificativa. Recibirá otro correo cuando se haya pagado el importe.`,
      ],
    }),
    REFUND: (facts) => ({
      subject: `Su reembolso de ${facts.amount}`,
      heading: 'Reembolso',
      paragraphs: [
        ...acknowledge(facts),
        facts.isToBalance
          ? `Hemos reembolsado ${facts.amount} a su saldo.`
          : `Hemos reembolsado ${facts.amount}. Según su banco, pueden pasar unos días hasta que vea el dinero.`,
      ],
    }),
    PLAN_CHANGED: ({ plan, planBefore }) => ({
      subject: `Su plan es ahora ${plan}`,
      heading: 'Su plan ha cambiado',
      paragraphs: [`Su plan ha cambiado de ${planBefore} a ${plan}.`],
    }),
  },
  declarations: {
    CANCELLATION: 'Cancelación ordinaria en la próxima fecha posible',
    EXTRAORDINARY_CANCELLATION: 'Cancelación por causa justificada',
    WITHDRAWAL: 'Desistimiento',
  },
  labels: {
    order: 'Pedido',
    items: 'Conceptos',
    plan: 'Plan',
    planBefore: 'Plan anterior',
    newPlan: 'Plan nuevo',
    amount: 'Importe',
    amountDue: 'Importe pendiente',
    amountPaid: 'Importe pagado',
    amountRefunded: 'Importe reembolsado',
    price: 'Precio anterior',
    newPrice: 'Precio nuevo',
    from: 'A partir del',
    dueOn: 'Vence el',
    validUntil: 'Válido hasta',
    renewsOn: 'Se renueva el',
    endsOn: 'Termina el',
    contract: 'Contrato',
    declaration: 'Su declaración',
    receivedAt: 'Recibida el',
    activeUntil: 'Activo hasta',
    status: 'Estado',
    paid: 'Pagado',
    attached: 'Adjuntos',
  },
  buttons: { order: 'Ver el pedido', document: (title) => `Ver: ${title}`, pay: 'Pagar ahora', portal: 'Gestionar su plan' },
}
