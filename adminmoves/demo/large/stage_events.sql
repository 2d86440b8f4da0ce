-- Events are numbered and chained here, before they go to the tables of the trail.
CREATE TEMPORARY TABLE past (LIKE adminmoves_event) ON COMMIT DROP;
CREATE TEMPORARY TABLE past_words (LIKE adminmoves_eventwords) ON COMMIT DROP;
