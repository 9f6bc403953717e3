-- In which the tax of an invoice is stated in the national currency. An upper limit also excludes NaN and Infinity, which are
-- greater than every number.
CREATE TABLE "exchange_rates" (
  "day" DATE NOT NULL,
  "currency" CHAR(3) NOT NULL,
  "per_euro" DECIMAL NOT NULL,
  "source" TEXT NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "exchange_rates_pkey" PRIMARY KEY ("currency", "day"),
  CONSTRAINT "exchange_rates_currency_is_iso_4217" CHECK ("currency" ~ '^[A-Z]{3}$'),
  CONSTRAINT "exchange_rates_of_other_currencies" CHECK ("currency" <> 'EUR'),
  CONSTRAINT "exchange_rates_per_euro_is_positive" CHECK ("per_euro" > 0 AND "per_euro" < 1000000000000),
  CONSTRAINT "exchange_rates_per_euro_has_at_most_10_decimals" CHECK (scale("per_euro") <= 10),
  CONSTRAINT "exchange_rates_since_the_euro" CHECK ("day" >= '1999-01-01'),
  CONSTRAINT "exchange_rates_source_is_a_line" CHECK (char_length("source") BETWEEN 1 AND 100));

-- For the list of all currencies, the newest day first.
CREATE INDEX "exchange_rates_day_currency_idx" ON "exchange_rates" ("day" DESC, "currency");
