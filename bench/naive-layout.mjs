/**
 * An invoice as the guides of PDF libraries show it: about 90 texts at fixed positions, lines and a logo.
 * @returns texts with x and y from the top left of an A4 page in points, and horizontal lines
 */
export function layOut(document) {
  const money = (minorUnits) => `EUR ${(Number(minorUnits) / 100).toFixed(2)}`
  const texts = []
  const lines = []
  const write = (text, x, y, { isBold = false, size = 9.5 } = {}) => texts.push({ text, x, y, isBold, size })
  write(document.issuer.company, 50, 110, { isBold: true, size: 14 })
  write('Invoice', 400, 45, { isBold: true, size: 20 })
  const details = {
    Number: document.number,
    Order: String(document.orderId),
    Date: 'May 1, 2026',
    'Due date': 'May 1, 2026',
    Status: 'Paid',
  }
  for (const [index, [label, value]] of Object.entries(details).entries()) {
    write(label, 400, 75 + index * 14)
    write(value, 460, 75 + index * 14, { isBold: true })
  }
  for (const [x, title, party] of [
    [50, 'From', document.issuer],
    [310, 'Bill to', document.buyer],
  ]) {
    write(title, x, 170, { isBold: true, size: 8.5 })
    const rows = [party.name, party.address, `${party.zip} ${party.city}`, party.country, `Tax ID: ${party.taxId}`, party.email]
    for (const [index, row] of rows.entries()) write(row, x, 184 + index * 13)
  }
  const columns = [
    ['Description', 50],
    ['Quantity', 290],
    ['Unit price', 350],
    ['Tax', 430],
    ['Amount', 480],
  ]
  for (const [title, x] of columns) write(title, x, 290, { isBold: true, size: 8.5 })
  for (const [index, line] of document.lines.entries()) {
    const y = 308 + index * 19
    const cells = [line.description, String(line.quantity), money(line.unitPrice), '19%', money(line.amount)]
    for (const [column, cell] of cells.entries()) write(cell, columns[column][1], y)
    lines.push({ x: 50, y: y + 14, width: 495 })
  }
  const end = 320 + document.lines.length * 19
  for (const [index, [label, amount]] of [
    ['Subtotal', document.subtotal],
    ['Tax 19%', document.tax],
    ['Total (EUR)', document.total],
  ].entries()) {
    const isBold = index === 2
    write(label, 265, end + index * 15, { isBold })
    write(money(amount), 480, end + index * 15, { isBold })
  }
  write(`Invoice ${document.number} · ${document.issuer.name}`, 50, 780, { size: 8.5 })
  write('Page 1 of 1', 500, 780, { size: 8.5 })
  return { texts, lines, logo: { x: 50, y: 50, width: 150, height: 50 }, lineColor: '#d5dbe1' }
}
