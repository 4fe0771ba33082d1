"""The local stack: everything Skafu needs of AWS, on one machine, without Docker or an account."""
