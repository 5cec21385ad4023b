"""What handlers of all resources share: finding a record, who may do what, forms, lists, how records are shown;
which handlers read their bodies ahead."""
