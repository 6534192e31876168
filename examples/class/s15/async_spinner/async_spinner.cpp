// I had no time this week, sorry!
