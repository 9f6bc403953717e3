/** The texts of the administration. */
export interface AdminTexts {
  title: string
  overview: string
  forbidden: string
  forbiddenText: string
}
