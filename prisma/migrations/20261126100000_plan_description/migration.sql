ALTER TABLE "plans" ADD COLUMN "description" TEXT;
