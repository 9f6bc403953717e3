-- Invoices that cannot be issued until details of the seller or the buyer are known: of a paid order, or of the next renewal.
CREATE TABLE "waiting_invoices" (
    "id" BIGSERIAL NOT NULL,
    "user_id" TEXT COLLATE "C" NOT NULL,
    "organisation_id" TEXT COLLATE "C",
    "order_id" BIGINT,
    "subscription_id" BIGINT,
    "missing" TEXT[] NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "waiting_invoices_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "waiting_invoices_one_cause" CHECK (num_nonnulls("order_id", "subscription_id") = 1),
    CONSTRAINT "waiting_invoices_missing_something" CHECK (cardinality("missing") > 0),
    CONSTRAINT "waiting_invoices_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "waiting_invoices_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "waiting_invoices_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "waiting_invoices_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "subscriptions"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE UNIQUE INDEX "waiting_invoices_order_id_key" ON "waiting_invoices"("order_id");
CREATE UNIQUE INDEX "waiting_invoices_subscription_id_key" ON "waiting_invoices"("subscription_id");
CREATE INDEX "waiting_invoices_since_id_idx" ON "waiting_invoices"("since", "id");
CREATE INDEX "waiting_invoices_user_id_idx" ON "waiting_invoices"("user_id");
CREATE INDEX "waiting_invoices_organisation_id_idx" ON "waiting_invoices"("organisation_id");
