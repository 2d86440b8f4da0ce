"""All words for the evidence: of a verdict, of a failure, of one proof."""
