/** An image without transparency, ready to be embedded in any number of documents. */
export interface PdfImage {
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** The compression of `data`. */
  readonly filter: 'FlateDecode' | 'DCTDecode'
  readonly colorSpace: 'DeviceRGB' | 'DeviceGray'
  readonly data: Uint8Array
}
