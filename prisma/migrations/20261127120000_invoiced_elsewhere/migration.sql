-- The PDF of an imported order says that the former system has issued its invoice. Null counts as false.
ALTER TABLE "orders" ADD COLUMN "invoiced_elsewhere" BOOLEAN;
