"""One module for each measurement: `MEASUREMENT`, an object of `bench.harness.protocol.Measurement`."""
