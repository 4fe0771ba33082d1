"""The domain, registered: the one place where it says what it consists of."""

from domain.order.aggregate import order
from domain.random_commands import random_commands
from kernel.contents import Contents, ReadModels
from projections.generated import documents, rows
from projections.orders import ORDER_DETAIL, ORDER_LIST, orders

contents = Contents(
    aggregates=(order,),
    projections=(orders,),
    queries=(ORDER_LIST, ORDER_DETAIL),
    read_models=ReadModels(
        documents=vars(documents),
        lists=documents.LISTS,
        models=documents.MODELS,
        rows=rows.ROW_CLASSES,
        json_fields=rows.JSON_FIELDS,
    ),
    random_commands=random_commands,
)
