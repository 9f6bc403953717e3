import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql'
import { InvoiceFormat } from '../../../core/invoice-format.js'
import { Url } from '../../../core/scalars.js'
import type { RequestContext } from '../../identity/index.js'
import type { InvoiceRecord } from '../invoice.queries.js'
import { LINK_DESCRIPTION, loadSnapshot, TTL_ARGUMENT } from '../invoice.resolver.js'
import { CreditNote, Invoice } from '../invoice.type.js'
import { signInvoiceLink } from '../invoice-link.js'
import { formatOf } from './electronic-invoice.js'
import { missingFor } from './required-details.rules.js'

const XML_URL = {
  nullable: true,
  description: `Link to the electronic invoice as XML. Null if the document lacks details that the format requires: see \`missingForXml\`. ${LINK_DESCRIPTION}`,
}
const MISSING = {
  description:
    'What the document lacks for an electronic invoice, in words such as "seller: phone", with the rules that require it. Empty if `xmlUrl` is not null.',
}
const FORMAT = { nullable: true, description: 'Default: the format of the document.' }

@Resolver(() => Invoice)
export class InvoiceXmlResolver {
  @FieldResolver(() => Url, XML_URL)
  xmlUrl(
    @Root() invoice: InvoiceRecord,
    @Ctx() context: RequestContext,
    @Arg('format', () => InvoiceFormat, FORMAT) format?: InvoiceFormat,
    @Arg('ttlSeconds', () => Int, TTL_ARGUMENT) ttlSeconds?: number,
  ): Promise<string | null> {
    return signXmlLink(context, invoice, format, ttlSeconds)
  }

  @FieldResolver(() => [String], MISSING)
  async missingForXml(
    @Root() invoice: InvoiceRecord,
    @Ctx() context: RequestContext,
    @Arg('format', () => InvoiceFormat, FORMAT) format?: InvoiceFormat,
  ): Promise<string[]> {
    return (await readMissing(context, invoice, format)).missing
  }
}

@Resolver(() => CreditNote)
export class CreditNoteXmlResolver {
  @FieldResolver(() => Url, XML_URL)
  xmlUrl(
    @Root() creditNote: InvoiceRecord,
    @Ctx() context: RequestContext,
    @Arg('format', () => InvoiceFormat, FORMAT) format?: InvoiceFormat,
    @Arg('ttlSeconds', () => Int, TTL_ARGUMENT) ttlSeconds?: number,
  ): Promise<string | null> {
    return signXmlLink(context, creditNote, format, ttlSeconds)
  }

  @FieldResolver(() => [String], MISSING)
  async missingForXml(
    @Root() creditNote: InvoiceRecord,
    @Ctx() context: RequestContext,
    @Arg('format', () => InvoiceFormat, FORMAT) format?: InvoiceFormat,
  ): Promise<string[]> {
    return (await readMissing(context, creditNote, format)).missing
  }
}

async function signXmlLink(
  context: RequestContext,
  invoice: InvoiceRecord,
  requested: InvoiceFormat | undefined,
  ttlSeconds: number | undefined,
): Promise<string | null> {
  const { format, missing } = await readMissing(context, invoice, requested)
  if (missing.length > 0) return null
  const { config, clock } = context.services
  return signInvoiceLink(config, { purpose: 'invoice-xml', id: invoice.id, format }, clock.now(), ttlSeconds)
}

async function readMissing(
  context: RequestContext,
  invoice: InvoiceRecord,
  requested: InvoiceFormat | undefined,
): Promise<{ format: InvoiceFormat; missing: string[] }> {
  const document = await loadSnapshot(context, invoice)
  const format = requested ?? formatOf(document)
  return { format, missing: missingFor(document, format) }
}
