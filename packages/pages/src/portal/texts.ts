/** The texts of the portal. */
export interface PortalTexts {
  account: string
  overview: string
}
