/** A picture without transparency, ready to be put into any number of documents. */
export interface PdfImage {
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** How `data` is compressed. */
  readonly filter: 'FlateDecode' | 'DCTDecode'
  readonly colorSpace: 'DeviceRGB' | 'DeviceGray'
  readonly data: Uint8Array
}
