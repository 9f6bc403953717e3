-- Rates by region, name and first day of validity, in millionths: 88750 is 8.875%.
CREATE TABLE "dated_tax_rates" (
    "id" BIGSERIAL NOT NULL,
    "country" CHAR(2) NOT NULL,
    "region" TEXT NOT NULL,
    "customer_type" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "valid_from" DATE NOT NULL,
    "millionths" INTEGER NOT NULL,
    "exemption" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "dated_tax_rates_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "dated_tax_rates_customer_type_is_known" CHECK ("customer_type" IN ('USER', 'ORGANISATION')),
    CONSTRAINT "dated_tax_rates_millionths_is_a_share" CHECK ("millionths" BETWEEN 0 AND 1000000),
    CONSTRAINT "dated_tax_rates_exemption_needs_zero" CHECK ("exemption" IS NULL OR "millionths" = 0)
);

CREATE UNIQUE INDEX "dated_tax_rates_key" ON "dated_tax_rates"("country", "region", "customer_type", "name", "valid_from");
