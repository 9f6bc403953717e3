import PDFDocument from 'pdfkit'

/**
 * Draws the invoice as pdfkit's guide shows it: every document gets the fonts and the logo,
 * and text is drawn with doc.text.
 * @param fonts  names of standard fonts, or paths of font files
 */
export function drawNaively(document, { regular, bold }, logo) {
  return new Promise((done) => {
    const doc = new PDFDocument({ size: 'A4', margin: 50, info: { Title: document.number } })
    const chunks = []
    doc.on('data', (chunk) => chunks.push(chunk))
    doc.on('end', () => done(Buffer.concat(chunks)))
    const money = (minorUnits) => `EUR ${(Number(minorUnits) / 100).toFixed(2)}`
    const write = (text, x, y, font = regular, size = 9.5, options = {}) =>
      doc
        .font(font)
        .fontSize(size)
        .text(text, x, y, { lineBreak: false, ...options })
    doc.image(logo, 50, 50, { width: 150 })
    write(document.issuer.company, 50, 110, bold, 14)
    write('Invoice', 400, 45, bold, 20)
    const details = {
      Number: document.number,
      Order: String(document.orderId),
      Date: 'May 1, 2026',
      'Due date': 'May 1, 2026',
      Status: 'Paid',
    }
    for (const [index, [label, value]] of Object.entries(details).entries()) {
      write(label, 400, 75 + index * 14)
      write(value, 460, 75 + index * 14, bold)
    }
    for (const [x, title, party] of [
      [50, 'From', document.issuer],
      [310, 'Bill to', document.buyer],
    ]) {
      write(title, x, 170, bold, 8.5)
      const lines = [party.name, party.address, `${party.zip} ${party.city}`, party.country, `Tax ID: ${party.taxId}`, party.email]
      for (const [index, line] of lines.entries()) write(line, x, 184 + index * 13)
    }
    const columns = [
      ['Description', 50],
      ['Quantity', 290],
      ['Unit price', 350],
      ['Tax', 430],
      ['Amount', 480],
    ]
    for (const [title, x] of columns) write(title, x, 290, bold, 8.5)
    for (const [index, line] of document.lines.entries()) {
      const y = 308 + index * 19
      const cells = [line.description, String(line.quantity), money(line.unitPrice), '19%', money(line.amount)]
      for (const [column, cell] of cells.entries()) write(cell, columns[column][1], y)
      doc
        .moveTo(50, y + 14)
        .lineTo(545, y + 14)
        .lineWidth(0.5)
        .stroke('#d5dbe1')
    }
    const end = 320 + document.lines.length * 19
    for (const [index, [label, amount]] of [
      ['Subtotal', document.subtotal],
      ['Tax 19%', document.tax],
      ['Total (EUR)', document.total],
    ].entries()) {
      write(label, 265, end + index * 15, index === 2 ? bold : regular)
      write(money(amount), 480, end + index * 15, index === 2 ? bold : regular)
    }
    write(`Invoice ${document.number} · ${document.issuer.name}`, 50, 780, regular, 8.5)
    write('Page 1 of 1', 500, 780, regular, 8.5)
    doc.end()
  })
}
