import { Component, type ReactNode } from 'react'
import { ErrorNotice } from './error-notice'

/** Shows an error in place of what could not be rendered, such as a part whose code an update of the server has replaced. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | undefined }> {
  override state: { error: Error | undefined } = { error: undefined }

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  override render() {
    const { error } = this.state
    return error ? <ErrorNotice error={error} retry={() => location.reload()} /> : this.props.children
  }
}
