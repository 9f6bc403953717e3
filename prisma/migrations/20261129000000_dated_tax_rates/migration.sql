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

-- The previous version sets and removes rates in "tax_rates" as long as it runs.
CREATE FUNCTION copy_former_tax_rate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM dated_tax_rates
    WHERE country = OLD.country AND region = '' AND customer_type = OLD.holder_type AND name = '' AND valid_from = '2000-01-01';
    RETURN NULL;
  END IF;
  INSERT INTO dated_tax_rates (country, region, customer_type, name, valid_from, millionths, exemption, updated_at)
  VALUES (NEW.country, '', NEW.holder_type, '', '2000-01-01', NEW.basis_points * 100, NEW.exemption, NEW.updated_at)
  ON CONFLICT (country, region, customer_type, name, valid_from)
  DO UPDATE SET millionths = excluded.millionths, exemption = excluded.exemption, updated_at = excluded.updated_at;
  RETURN NULL;
END $$;

CREATE TRIGGER "tax_rates_are_copied" AFTER INSERT OR UPDATE OR DELETE ON "tax_rates"
  FOR EACH ROW EXECUTE FUNCTION copy_former_tax_rate();
