import { graphql } from 'relay-runtime'

export const ordersQuery = graphql`
  query ordersQuery($count: Int!, $cursor: String) {
    orders(first: $count, after: $cursor) @connection(key: "orders_orders") {
      edges {
        node {
          id
          status
          amount {
            formatted
          }
          invoice {
            id
            status
            amount {
              formatted
            }
          }
        }
      }
    }
  }
`

/** Any object can be read again by its id. */
export const orderFragment = graphql`
  fragment orders_order on Order @refetchable(queryName: "ordersOrderRefetchQuery") {
    id
    status
  }
`

export const orderSubscription = graphql`
  subscription ordersSubscription {
    orderUpdated {
      id
      status
    }
  }
`
