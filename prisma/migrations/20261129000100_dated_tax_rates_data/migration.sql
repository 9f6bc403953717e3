-- The former rates were valid for every document, whenever it was issued.
INSERT INTO dated_tax_rates (country, region, customer_type, name, valid_from, millionths, exemption, updated_at)
SELECT country, '', holder_type, '', '2000-01-01', basis_points * 100, CASE WHEN basis_points = 0 THEN exemption END, updated_at
FROM tax_rates
ON CONFLICT (country, region, customer_type, name, valid_from) DO NOTHING;
