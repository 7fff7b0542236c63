# Local Moran's I by spdep, 999 permutations: prints the milliseconds of one run.
suppressMessages(library(spdep))
args <- commandArgs(TRUE)
y <- scan(args[1], quiet = TRUE)
p <- matrix(scan(args[2], what = integer(), quiet = TRUE), ncol = 2, byrow = TRUE) + 1L
nb <- split(p[, 2], factor(p[, 1], seq_along(y)))
nb <- lapply(nb, sort)
attributes(nb) <- NULL
class(nb) <- "nb"
attr(nb, "region.id") <- as.character(seq_along(y))
l <- nb2listw(nb, style = "W")
set.seed(1)
t <- system.time(localmoran_perm(y, l, nsim = 999))[["elapsed"]]
cat(round(t * 1000, 1), "\n")
