-- Written and emptied by readiness checks, to find out whether the disk can be written to.
CREATE TABLE "write_probes" (
    "id" INTEGER NOT NULL,
    "filler" TEXT NOT NULL,

    CONSTRAINT "write_probes_pkey" PRIMARY KEY ("id")
);
