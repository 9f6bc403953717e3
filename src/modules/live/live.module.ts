import { defineModule } from '../define-module.js'

export const live = defineModule({
  notifications: {
    onMessage: {
      order: ({ services }, message) => services.changeFeed.publish(message),
      limits: ({ services }, message) => services.changeFeed.publish(message),
      demoReplaced: ({ services }) => services.changeFeed.disconnectAll(),
    },
    onConnected: ({ services }) => services.changeFeed.disconnectAll(),
  },
})
