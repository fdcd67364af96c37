"""The study of training technique against implicit prior, domain by domain."""
