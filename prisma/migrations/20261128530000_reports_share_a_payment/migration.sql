-- An approval confirms all reports of its order by one payment.
DROP INDEX "reported_payments_payment_id_key";
