module miniature

go 1.25.0
